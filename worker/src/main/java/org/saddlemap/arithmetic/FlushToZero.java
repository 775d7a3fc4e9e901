package org.saddlemap.arithmetic;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.Optional;

/**
 * The calling thread's floating-point arithmetic with subnormal numbers flushed to zero, from
 * {@link #open} until it is closed by the same thread: below 1.2·10⁻³⁸ in float32, results are 0
 * and operands count as 0. Signals of deep networks vanish to there, where many processors compute
 * a hundred times slower.
 *
 * <p>The mode is the processor's, one register a thread: it holds for products of BLAS that run on
 * this thread and for Java's own loops, float64 among them, so that what needs float64 down to
 * 5·10⁻³²⁴ stays outside. It is set through the C library's {@code fegetenv} and {@code fesetenv};
 * where that is not possible nothing changes, and {@link #warning} says so.
 */
public final class FlushToZero implements AutoCloseable {
  private final int before;

  private FlushToZero() {
    before = Register.exchange(Register.BITS); // last: nothing fails after it
  }

  /** Sets the mode. Scopes may be nested. */
  public static FlushToZero open() {
    BlasRuntime.ensure(); // a library that is loaded later could reset the register
    return new FlushToZero();
  }

  /** Sets the mode to what it was before. */
  @Override
  public void close() {
    Register.exchange(before);
  }

  /** Whether this thread flushes now, by the register's own word. */
  static boolean isOn() {
    return Register.BITS != 0 && Register.read() == Register.BITS;
  }

  /** What follows from it where the mode cannot be set; empty where it can. */
  public static Optional<String> warning() {
    return Register.OBSTACLE.map(
        why ->
            "Subnormal numbers cannot be flushed to zero here (%s): networks whose signals vanish may train up to a hundred times slower, and with other last bits than elsewhere."
                .formatted(why));
  }

  /** The mode's bits in the control register, of glibc's and musl's {@code fenv_t}. */
  private static final class Register {
    /** {@code fenv_t} has 32 bytes on x86-64, 8 on AArch64. */
    private static final int ROOM = 64;

    static final Optional<String> OBSTACLE;

    /** 0 where there is no way to it. */
    static final int BITS;

    private static final int OFFSET;

    private static final ThreadLocal<Memory> ENVIRONMENT =
        ThreadLocal.withInitial(() -> new Memory(ROOM));

    static {
      String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
      int bits = 0;
      int offset = 0;
      switch (platform) {
        case "Linux amd64" -> { // MXCSR: flush to zero, subnormals are zero
          bits = 0x8040;
          offset = 28;
        }
        case "Linux aarch64" -> bits = 1 << 24; // FPCR: FZ
        default -> {}
      }
      String obstacle = bits == 0 ? "on " + platform : null;
      if (bits != 0) {
        try {
          Native.register(Register.class, "m");
        } catch (LinkageError e) { // no library, or none that may be loaded
          bits = 0;
          obstacle = String.valueOf(e.getMessage()).lines().findFirst().orElse("").trim();
        }
      }
      OBSTACLE = Optional.ofNullable(obstacle);
      BITS = bits;
      OFFSET = offset;
    }

    /** Makes the bits what is given, and returns what they were. */
    static int exchange(int bits) {
      if (BITS == 0) {
        return 0;
      }
      int was = read();
      if (was != bits) {
        Memory environment = ENVIRONMENT.get();
        environment.setInt(OFFSET, (environment.getInt(OFFSET) & ~BITS) | bits);
        fesetenv(environment);
      }
      return was;
    }

    /** The bits as they are; the rest of the register is in the environment. */
    static int read() {
      Memory environment = ENVIRONMENT.get();
      fegetenv(environment);
      return environment.getInt(OFFSET) & BITS;
    }

    private static native int fegetenv(Pointer environment);

    private static native int fesetenv(Pointer environment);
  }
}
