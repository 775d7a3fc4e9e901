package org.saddlemap.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Something that can do a {@link Workload}; it is one process, and does it as often as asked. */
public interface Peer {
  /** Versions, BLAS and threads, in one line. */
  String about();

  /** Goes back to the initial weights, where {@link #train} does not do so by itself. */
  default void reset() {}

  /** Trains from the initial weights to the last step. */
  void train();

  /** Mean loss over all rows after {@link #train}; NaN where there is none. */
  double loss();

  /**
   * Speaks the protocol: writes {@code {"about": …}}, then, for each line {@code SECONDS} read,
   * trains until that much processor time has been spent and writes {@code {"cpu_us_per_step": …,
   * "wall_us_per_step": …, "loss": …}}; ends with its input. Processor time is that of the whole
   * process, compiler and collector included: on a core of its own the same as the clock's, and
   * steadier where others want the core too.
   */
  static void serve(Peer peer, Workload work) throws IOException {
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    System.out.printf("{\"about\": \"%s\"}%n", peer.about().replace("\"", "'"));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      double budget = Double.parseDouble(line) * 1e9;
      long steps = 0;
      long cpuStart = process.getProcessCpuTime();
      long wallStart = System.nanoTime();
      long cpu;
      do {
        peer.reset();
        peer.train();
        steps += work.steps();
        cpu = process.getProcessCpuTime() - cpuStart;
      } while (cpu < budget);
      long wall = System.nanoTime() - wallStart;
      double loss = peer.loss();
      System.out.printf(
          Locale.ROOT,
          "{\"cpu_us_per_step\": %.4f, \"wall_us_per_step\": %.4f, \"loss\": %s}%n",
          cpu / 1e3 / steps,
          wall / 1e3 / steps,
          Double.isNaN(loss) ? "null" : Double.toString(loss));
    }
  }
}
