package org.saddlemap.schedule;

import java.util.ArrayList;
import java.util.List;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.ChunkRange;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/** Collects what tasks have finished and what they hand back, in Spark's scheduler thread. */
final class ChunkResults {
  private final SweepJob.Observer observer;
  private final List<Overruns.Rest> rests = new ArrayList<>();
  private ChunkSummary sum = ChunkSummary.NONE;
  private long finished;

  ChunkResults(SweepJob.Observer observer) {
    this.observer = observer;
  }

  /** What Spark calls with a partition's number and result, for one job over these chunks. */
  AbstractFunction2<Object, ChunkTask.Done, BoxedUnit> handler(List<Chunk> chunks) {
    return new AbstractFunction2<>() {
      @Override
      public BoxedUnit apply(Object partition, ChunkTask.Done done) {
        add(chunks.get((Integer) partition), done);
        return BoxedUnit.UNIT;
      }
    };
  }

  synchronized void add(Chunk chunk, ChunkTask.Done done) {
    ChunkRange range = chunk.range();
    Chunk part = chunk;
    if (done.reached() < range.to()) {
      ChunkRange left = new ChunkRange(done.reached(), range.to());
      part = chunk.part(new ChunkRange(range.from(), done.reached()));
      double each = done.summary().wallMillis() / 1e3 / part.range().size();
      rests.add(new Overruns.Rest(chunk.part(left), each * left.size()));
    }
    sum = sum.plus(done.summary());
    finished += part.range().size();
    observer.finished(part, done.summary());
  }

  SweepJob.Observer observer() {
    return observer;
  }

  /** What was handed back since the last call. */
  synchronized List<Overruns.Rest> takeRests() {
    List<Overruns.Rest> taken = List.copyOf(rests);
    rests.clear();
    return taken;
  }

  synchronized ChunkSummary sum() {
    return sum;
  }

  /** How many numbers of the plan are finished. */
  synchronized long finished() {
    return finished;
  }
}
