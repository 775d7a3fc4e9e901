package org.saddlemap.examine;

import java.util.List;
import java.util.Optional;
import org.saddlemap.record.LayerPoint;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Verdict;

/**
 * What an examination found.
 *
 * @param judged the parameters that the verdict is about: where the trial stopped, or where it
 *     settled; empty where they are not finite
 * @param layers at the initial weights and, where they are finite, at the end
 */
@SuppressWarnings("ArrayRecordComponent") // a parameter vector; never compared
public record Examination(
    Evidence evidence, Verdict verdict, Optional<double[]> judged, List<LayerPoint> layers) {
  public Examination {
    layers = List.copyOf(layers);
  }
}
