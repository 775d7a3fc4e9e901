package org.saddlemap.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Function;
import com.sun.jna.NativeLong;
import com.sun.jna.Structure;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.saddlemap.arithmetic.Nd4jArithmetic;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Initialization;
import org.saddlemap.network.Network;
import org.saddlemap.space.Configuration;

/** What training in ND4J's own operations leaves behind off the heap: nothing. */
class Nd4jMemoryTest extends TrainingRuns {
  /** What glibc's {@code mallinfo2} returns, mallinfo(3). */
  @Structure.FieldOrder({
    "arena",
    "ordblks",
    "smblks",
    "hblks",
    "hblkhd",
    "usmblks",
    "fsmblks",
    "uordblks",
    "fordblks",
    "keepcost"
  })
  public static final class MallInfo extends Structure implements Structure.ByValue {
    public NativeLong arena;
    public NativeLong ordblks;
    public NativeLong smblks;
    public NativeLong hblks;
    public NativeLong hblkhd;
    public NativeLong usmblks;
    public NativeLong fsmblks;
    public NativeLong uordblks;
    public NativeLong fordblks;
    public NativeLong keepcost;
  }

  /** Memory that malloc has given out, of all threads, in MB: the heap's own has no part in it. */
  private static long allocated() {
    MallInfo info =
        (MallInfo) Function.getFunction("c", "mallinfo2").invoke(MallInfo.class, new Object[0]);
    return (info.uordblks.longValue() + info.hblkhd.longValue()) >> 20;
  }

  /** A step that left its arrays behind would take 100 kB, and all of them 150 MB. */
  @Test
  @Tag("slow")
  @EnabledOnOs(OS.LINUX) // glibc's own count
  void memoryOffTheHeapStaysAsItIs() {
    Dataset dataset = RandomData.classes(70, 6, 3, 4);
    Configuration c =
        Configuration.parse(
            "depth=1;width=64;activation=gelu;batch_size=32;clipping=norm(1);max_steps=1500;optimizer=adam");
    Network network = Network.of(c, 6, 3);
    double[] initial = Initialization.draw(network, c.initializer(), SEEDS);
    List<Long> natives = new ArrayList<>();
    List<Long> allocated = new ArrayList<>();
    Interruption watch =
        new Interruption(
            () -> {
              natives.add(Pointer.totalBytes() >> 20);
              allocated.add(allocated());
              return false;
            },
            Interruption.NEVER.deadline());
    try (Nd4jArithmetic k = new Nd4jArithmetic()) {
      assertThat(
              Trainer.train(
                      new TrainingTask(network, c, dataset, 0.01, initial, TrainingRuns.SEEDS),
                      watch,
                      k)
                  .steps())
          .isEqualTo(1500);
    }
    assertThat(allocated).hasSizeGreaterThan(9);
    int warm = allocated.size() / 3;
    assertThat(natives.subList(warm, natives.size()))
        .as("MB: %s", natives)
        .allMatch(mb -> mb <= natives.get(warm) + 16);
    assertThat(allocated.get(allocated.size() - 1))
        .as("MB: %s", allocated)
        .isLessThan(allocated.get(warm) + 30);
  }
}
