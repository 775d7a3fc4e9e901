package org.saddlemap.data;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.saddlemap.spec.DataSpec.Task;
import org.saddlemap.spec.IdxSource;
import org.saddlemap.spec.InvalidInput;

/**
 * Reads IDX, the format of MNIST: two zero bytes, a type, a rank, the sizes as big-endian integers,
 * then the values. Images are unsigned bytes of rank 2 or more, labels unsigned bytes of rank 1.
 * See <a href="https://yann.lecun.org/exdb/mnist/">LeCun, Cortes and Burges, MNIST</a>.
 */
public final class IdxReader {
  private static final int UNSIGNED_BYTE = 0x08;
  private static final int MAX_RANK = 4;
  private static final int MAX_COLUMNS = 1 << 24;
  private static final int BLOCK_BYTES = 1 << 20;

  private final String origin;
  private final DataInputStream in;

  private IdxReader(String origin, InputStream in) throws IOException {
    this.origin = origin;
    this.in = new DataInputStream(Gunzip.open(in));
  }

  /**
   * Reads at most {@code limit} images and their labels, gzipped or not.
   *
   * @param images bytes of the images' file; closed by the caller
   * @param labels bytes of the labels' file; closed by the caller
   * @throws InvalidInput where either is not such a file, or the two do not belong together
   */
  public static RawTable read(
      InputStream images, InputStream labels, IdxSource paths, Task task, OptionalLong limit) {
    String origin = paths.images();
    try {
      IdxReader imageReader = new IdxReader(paths.images(), images);
      int[] shape = imageReader.shape("images");
      origin = paths.labels();
      IdxReader labelReader = new IdxReader(paths.labels(), labels);
      int count = labelReader.shape("labels")[0];
      if (count != shape[0]) {
        throw new InvalidInput(
            "%s holds %d images, but %s %d labels; they do not belong together"
                .formatted(paths.images(), shape[0], paths.labels(), count));
      }
      int rows = (int) Math.min(count, limit.orElse(count));
      byte[] codes = labelReader.items(rows, 0, 1, rows);
      labelReader.requireEnd(rows == count);
      origin = paths.images();
      RawTable.Pixels pixels = imageReader.values(rows, imageReader.columns(shape));
      imageReader.requireEnd(rows == count);
      return new RawTable(paths.images(), pixels, target(codes, rows, task));
    } catch (IOException e) {
      throw Gunzip.failure(origin, e);
    }
  }

  private int[] shape(String what) throws IOException {
    byte[] magic = in.readNBytes(4);
    if (magic.length < 4 || magic[0] != 0 || magic[1] != 0) {
      throw new InvalidInput(
          "%s is not an IDX file: it does not start with two zero bytes, a type and a rank"
              .formatted(origin));
    }
    int rank = magic[3] & 0xFF;
    if (magic[2] != UNSIGNED_BYTE) {
      throw new InvalidInput(
          "%s holds values of IDX type 0x%02x; %s must be unsigned bytes, type 0x08"
              .formatted(origin, magic[2], what));
    }
    boolean isLabels = what.equals("labels");
    if (isLabels ? rank != 1 : rank < 2 || rank > MAX_RANK) {
      throw new InvalidInput(
          "%s holds an array of rank %d; %s need rank %s%s"
              .formatted(
                  origin,
                  rank,
                  what,
                  isLabels ? "1" : "2 to " + MAX_RANK,
                  isLabels != (rank == 1) ? "; are images and labels swapped?" : ""));
    }
    int[] shape = new int[rank];
    try {
      for (int i = 0; i < rank; i++) {
        shape[i] = in.readInt();
        if (shape[i] < 1) {
          throw new InvalidInput(
              "%s gives its size in dimension %d as %d; it needs to be 1 or more"
                  .formatted(origin, i + 1, shape[i]));
        }
      }
    } catch (EOFException e) {
      throw new InvalidInput("%s ends within its header".formatted(origin), e);
    }
    return shape;
  }

  private int columns(int[] shape) {
    long columns = 1;
    for (int i = 1; i < shape.length; i++) {
      columns = Math.min(columns * shape[i], Integer.MAX_VALUE);
    }
    if (columns > MAX_COLUMNS || columns * shape[0] > Integer.MAX_VALUE - 8L) {
      throw new InvalidInput(
          "%s is too large: %d images of %d values".formatted(origin, shape[0], columns));
    }
    return (int) columns;
  }

  /** The header's sizes are not trusted with memory: blocks are made as their bytes come. */
  private RawTable.Pixels values(int rows, int columns) throws IOException {
    int rowsPerBlock = Math.max(1, BLOCK_BYTES / columns);
    List<byte[]> blocks = new ArrayList<>();
    for (int row = 0; row < rows; row += rowsPerBlock) {
      blocks.add(items(Math.min(rowsPerBlock, rows - row), row, columns, rows));
    }
    return new RawTable.Pixels(rows, columns, rowsPerBlock, blocks);
  }

  private byte[] items(int count, int before, int columns, int rows) throws IOException {
    byte[] items = in.readNBytes(count * columns);
    if (items.length < count * columns) {
      throw new InvalidInput(
          "%s ends after %d of its items; %d are needed"
              .formatted(origin, before + items.length / columns, rows));
    }
    return items;
  }

  private void requireEnd(boolean complete) throws IOException {
    if (complete && in.read() >= 0) {
      throw new InvalidInput(
          "%s goes on after the last value that its header promises".formatted(origin));
    }
  }

  private static RawTable.Target target(byte[] codes, int rows, Task task) {
    int[] labels = new int[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = codes[i] & 0xFF;
    }
    if (task == Task.REGRESSION) {
      double[] values = new double[rows];
      for (int i = 0; i < rows; i++) {
        values[i] = labels[i];
      }
      return new RawTable.Values(values, 1);
    }
    List<String> names = new ArrayList<>();
    int[] positions = new int[256];
    for (int i = 0; i < rows; i++) {
      int value = labels[i];
      if (positions[value] == 0) {
        names.add(Integer.toString(value));
        positions[value] = names.size();
      }
      labels[i] = positions[value] - 1;
    }
    return new RawTable.Classes(labels, List.copyOf(names));
  }
}
