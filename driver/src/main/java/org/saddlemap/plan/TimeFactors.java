package org.saddlemap.plan;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.saddlemap.record.Times;
import org.saddlemap.store.ChunkRange;
import org.saddlemap.trial.RandomStream;

/** How many times as long as predicted trials took, by what was predicted for them. */
public final class TimeFactors {
  private final Samples<Double> factors = new Samples<>();

  /** Adds a trial that was measured, all but what it costs beside, which is as predicted. */
  public void add(CostModel.Cost predicted, Times measured) {
    double seconds = (measured.load() + measured.train() + measured.examine()) / 1e3;
    factors.add(predicted.seconds(), (seconds + predicted.otherSeconds()) / predicted.seconds());
  }

  /** Trials that were added. */
  public long trials() {
    return factors.size();
  }

  /**
   * Seconds of chunks, each trial as long as predicted times a factor of the trials that should
   * cost the same: or else of the next cheaper ones, or of the cheapest. Each of these factors is
   * drawn once before any is drawn again, so that sums differ little from one seed to another.
   *
   * @throws IllegalStateException where no trial was added
   */
  public double[] chunkSeconds(CostTable costs, List<Chunk> chunks, long seed) {
    if (factors.size() == 0) {
      throw new IllegalStateException("No trial to draw from");
    }
    RandomGenerator random = new RandomStream(seed);
    NavigableMap<Double, Deck> decks = new TreeMap<>();
    factors.forEach((predicted, of) -> decks.put(predicted, new Deck(of)));
    double[] seconds = new double[chunks.size()];
    for (int i = 0; i < seconds.length; i++) {
      ChunkRange range = chunks.get(i).range();
      for (long index = range.from(); index < range.to(); index++) {
        double predicted = costs.seconds(index);
        if (predicted > 0) { // excluded numbers have no trial
          Map.Entry<Double, Deck> below = decks.floorEntry(predicted);
          Deck deck = (below == null ? decks.firstEntry() : below).getValue();
          seconds[i] += predicted * deck.draw(random);
        }
      }
    }
    return seconds;
  }

  /** Cards that are shuffled while they are drawn, and again once all were. */
  private static final class Deck {
    private final double[] cards;
    private int drawn;

    Deck(Sample of) {
      this.cards = of.values();
    }

    double draw(RandomGenerator random) {
      int chosen = random.nextInt(drawn, cards.length);
      double card = cards[chosen];
      cards[chosen] = cards[drawn];
      cards[drawn] = card;
      drawn = (drawn + 1) % cards.length;
      return card;
    }
  }
}
