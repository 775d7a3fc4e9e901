package org.saddlemap.plan;

import java.io.Serializable;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.roaringbitmap.longlong.PeekableLongIterator;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * Numbers of a plan, gone through as ranges, as few as possible, in order. There may be millions of
 * them, scattered: a bitmap takes two bytes for each at most where they lie close, and a few for a
 * whole range, where Guava's set of ranges takes several objects for each range.
 */
public final class IndexSet implements Iterable<ChunkRange>, Serializable {
  private static final long serialVersionUID = 1L;

  private final Roaring64Bitmap numbers = new Roaring64Bitmap();

  public void add(long index) {
    numbers.addLong(index);
  }

  public boolean contains(long index) {
    return numbers.contains(index);
  }

  /** Whether one of them is in [from, to]. */
  public boolean meets(long from, long to) {
    PeekableLongIterator next = numbers.getLongIteratorFrom(from);
    return next.hasNext() && next.peekNext() <= to;
  }

  @Override
  public Iterator<ChunkRange> iterator() {
    PeekableLongIterator next = numbers.getLongIterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return next.hasNext();
      }

      @Override
      public ChunkRange next() {
        if (!next.hasNext()) {
          throw new NoSuchElementException();
        }
        long from = next.next();
        long to = from + 1;
        while (next.hasNext() && next.peekNext() == to) {
          to = next.next() + 1;
        }
        return new ChunkRange(from, to);
      }
    };
  }
}
