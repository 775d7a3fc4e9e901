package org.saddlemap.examine;

import java.util.List;
import org.saddlemap.record.LayerPoint;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Verdict;

/**
 * What an examination found.
 *
 * @param layers at the initial weights and, where they are finite, at the end
 */
public record Examination(Evidence evidence, Verdict verdict, List<LayerPoint> layers) {
  public Examination {
    layers = List.copyOf(layers);
  }
}
