package org.saddlemap.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.utils.Signals;

/**
 * While open, Ctrl-C (SIGINT) and SIGTERM do not end the process but run an action, once; the next
 * one ends the process at once.
 *
 * <p>Not a shutdown hook, in whatever order: those run beside Spark's own scheduler threads while
 * the process is already going down, cannot choose the exit code, and cannot see a second Ctrl-C.
 */
public final class StopSignals implements AutoCloseable {
  /** The exit code by which shells report a process that Ctrl-C ended. */
  public static final int EXIT_CODE = 130;

  private record Registered(String signal, Object previous) {}

  private final List<Registered> registered = new ArrayList<>();

  public StopSignals(Runnable action) {
    AtomicBoolean first = new AtomicBoolean(true);
    for (String signal : List.of("INT", "TERM")) {
      Object previous =
          Signals.register(
              signal,
              () -> {
                if (first.getAndSet(false)) {
                  action.run();
                } else {
                  Runtime.getRuntime().halt(EXIT_CODE);
                }
              });
      registered.add(new Registered(signal, previous));
    }
  }

  /** Gives the signals back the meaning that they had before. */
  @Override
  public void close() {
    for (Registered r : registered) {
      if (r.previous != null) {
        Signals.unregister(r.signal, r.previous);
      }
    }
  }
}
