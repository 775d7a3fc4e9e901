package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.trial.TrialId;

/**
 * Damaged chunk files: verify finds each of them, and readers either say so or end. {@code
 * -Dsaddlemap.fuzz=N} takes N times as many.
 */
@Tag("slow")
@Tag("store")
class ChunkFuzzTest {
  private static final int MUTATIONS = 2000 * Integer.getInteger("saddlemap.fuzz", 1);

  /** One chunk is the whole sweep, so that verify reads no more than what is damaged. */
  private static final ChunkRange CHUNK = new ChunkRange(0, SoundSweep.PLAN.size());

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final List<Table<?>> TABLES = List.of(Tables.TRIALS, Tables.CURVES, Tables.LAYERS);

  @TempDir private Path folder;
  private Warehouse warehouse;
  private SweepVerifier verifier;
  private TrialReader reader;

  /** Other files that a chunk's may be taken for. */
  private final List<byte[]> strangers = new ArrayList<>();

  /** What is done to a file. */
  private enum Damage {
    CUT,
    FLIPPED,
    OVERWRITTEN,
    SPLICED,
    REPLACED,
    FOOTER_LENGTH,
    HUGE_NUMBER,
    /** Any of those, with a digest that fits: what lies behind the digest is on its own. */
    RESEALED
  }

  @BeforeEach
  void writeASoundSweep() throws IOException {
    Configuration conf = new Configuration();
    conf.setBoolean("parquet.hadoop.vectored.io.enabled", false); // its threads cost more here
    warehouse = Warehouse.open(folder.resolve("w").toString(), conf);
    SoundSweep.write(warehouse, List.of(CHUNK));
    verifier = SoundSweep.verifier(warehouse);
    reader = new TrialReader(warehouse);
    Warehouse other = Warehouse.open(folder.resolve("other").toString(), new Configuration());
    String id = SweepId.of("other", TrialId.sha256("other"));
    for (ChunkRange chunk : List.of(CHUNK, new ChunkRange(0, 5))) {
      new Chunks(other).write(id, chunk, new RandomRecords(chunk.to()).of(chunk));
      new Chunks(other).write(SoundSweep.ID, chunk, SoundSweep.records(chunk, "nonfinite", "2"));
      for (Table<?> table : TABLES) {
        strangers.add(bytes(other, table, id, chunk));
        strangers.add(bytes(other, table, SoundSweep.ID, chunk));
      }
    }
    for (Table<?> table : TABLES) {
      strangers.add(bytes(warehouse, table, SoundSweep.ID, CHUNK));
    }
    strangers.add(new byte[0]);
    strangers.add("PAR1PAR1".getBytes(StandardCharsets.US_ASCII));
    strangers.add("depth,loss\n1,2\n".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void verifierFindsEveryDamagedFileAndReaderEndsOrNamesIt() throws IOException {
    assertThat(verifier.verify().isSound()).isTrue();
    Map<Damage, Integer> tried = new EnumMap<>(Damage.class);
    for (int seed = 0; seed < MUTATIONS; seed++) {
      Random random = new Random(seed);
      Table<?> table = TABLES.get(random.nextInt(TABLES.size()));
      Path file =
          folder.resolve(
              "w/%s/sweep=%s/%s".formatted(table.name(), SoundSweep.ID, ChunkFile.name(CHUNK)));
      byte[] sound = Files.readAllBytes(file);
      Damage damage = Damage.values()[random.nextInt(Damage.values().length)];
      byte[] damaged = damaged(sound, damage, random);
      if (Arrays.equals(damaged, sound)) {
        continue;
      }
      tried.merge(damage, 1, Integer::sum);
      Files.write(file, damaged);
      String what = "seed %d: %s %s".formatted(seed, table.name(), damage);
      try {
        assertTimeoutPreemptively(LIMIT, () -> assertFoundAndHarmless(table, damage, what), what);
      } finally {
        Files.write(file, sound);
      }
    }
    assertThat(verifier.verify().isSound()).isTrue();
    assertThat(tried).hasSize(Damage.values().length);
    tried.forEach((d, n) -> assertThat(n).as("%s", d).isGreaterThan(MUTATIONS / 16));
  }

  private void assertFoundAndHarmless(Table<?> table, Damage damage, String what)
      throws IOException {
    VerificationReport report = verifier.verify();
    // A digest that fits says that this program wrote those bytes.
    if (damage != Damage.RESEALED) {
      assertThat(report.isSound()).as(what).isFalse();
      assertThat(report.findings())
          .as(what)
          .anySatisfy(f -> assertThat(f.where()).startsWith(table.name() + "/"));
    }
    try {
      // Which rows there are, verify says; a reader has to end, or to name the file.
      reader.records(SoundSweep.ID, CHUNK);
      assertThat(damage).as(what).isNotEqualTo(Damage.CUT);
    } catch (IOException e) {
      assertThat(e.getMessage()).as(what).contains(table.name() + "/", ChunkFile.name(CHUNK));
    }
  }

  private byte[] damaged(byte[] sound, Damage damage, Random random) {
    byte[] bytes = sound.clone();
    switch (damage) {
      case CUT -> {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      case FLIPPED -> {
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      case OVERWRITTEN -> {
        int at = random.nextInt(bytes.length);
        byte[] noise = new byte[Math.min(bytes.length - at, 1 + random.nextInt(64))];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, bytes, at, noise.length);
      }
      case SPLICED -> {
        byte[] other = strangers.get(random.nextInt(strangers.size()));
        int head = random.nextInt(bytes.length);
        int tail = random.nextInt(other.length + 1);
        bytes = Arrays.copyOf(bytes, head + tail);
        System.arraycopy(other, other.length - tail, bytes, head, tail);
      }
      case REPLACED -> {
        return strangers.get(random.nextInt(strangers.size())).clone();
      }
      case FOOTER_LENGTH -> {
        int length =
            switch (random.nextInt(4)) {
              case 0 -> random.nextInt();
              case 1 -> Integer.MAX_VALUE - random.nextInt(16);
              case 2 -> -random.nextInt(1 << 16);
              default -> random.nextInt(bytes.length);
            };
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length - 8, length);
      }
      case HUGE_NUMBER -> {
        // Thrift's variable-length integers: bytes with the high bit go on.
        int at = 4 + random.nextInt(bytes.length - 16);
        byte[] huge = {(byte) 0xfe, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f};
        System.arraycopy(huge, 0, bytes, at, huge.length);
      }
      case RESEALED -> {
        Damage[] others = {Damage.FLIPPED, Damage.OVERWRITTEN, Damage.HUGE_NUMBER};
        bytes = damaged(bytes, others[random.nextInt(others.length)], random);
        return reseal(bytes);
      }
    }
    return bytes;
  }

  /** With the digest that fits the bytes as they are, where its key still stands there. */
  private static byte[] reseal(byte[] bytes) {
    int key = new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf(FileDigest.KEY);
    int at = key + FileDigest.KEY.length() + 2;
    if (key >= 0 && at + FileDigest.OPEN.length() <= bytes.length) {
      Arrays.fill(bytes, at, at + FileDigest.OPEN.length(), (byte) '0');
      byte[] digest = sha256(bytes).getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(digest, 0, bytes, at, digest.length);
    }
    return bytes;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  private static byte[] bytes(Warehouse warehouse, Table<?> table, String id, ChunkRange chunk)
      throws IOException {
    return Files.readAllBytes(Path.of(warehouse.file(table, id, chunk).toUri().getPath()));
  }
}
