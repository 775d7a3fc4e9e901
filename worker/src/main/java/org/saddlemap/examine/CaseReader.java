package org.saddlemap.examine;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Network;
import org.saddlemap.space.BatchSize;
import org.saddlemap.space.Clipping;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Schedule;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.verdict.Category;

/**
 * Reads cases from JSON, strictly: an unknown key, a wrong type or a wrong size is an {@link
 * InvalidInput} that names the file, the case and the key. The format is documented in
 * docs/examine.md.
 */
public final class CaseReader {
  private static final int FORMAT = 1;

  private final ObjectMapper json =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          // Python writes NaN and Infinity. Weights may have these values; elsewhere they are
          // refused.
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();
  private final Function<Map<String, Object>, Dataset> data;

  /** Reads inline data alone. */
  public CaseReader() {
    this(
        section -> {
          throw new InvalidInput("needs inputs and targets inline");
        });
  }

  /**
   * @param data prepares the data of a spec's data section, where a case has that instead of inputs
   *     and targets; its training part is taken
   */
  public CaseReader(Function<Map<String, Object>, Dataset> data) {
    this.data = data;
  }

  /**
   * One case, or many under {@code cases}.
   *
   * @param source what the file is called in messages
   */
  public List<Case> read(InputStream in, String source) throws IOException {
    JsonNode root;
    try {
      root = json.readTree(in);
    } catch (JsonProcessingException e) {
      throw new InvalidInput(
          "%s%s: not JSON: %s"
              .formatted(
                  source,
                  // At the end of a truncated text the parser knows no line.
                  e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr(),
                  e.getOriginalMessage()),
          e);
    } catch (CharConversionException e) {
      throw new InvalidInput("%s: not JSON: %s".formatted(source, e.getMessage()), e);
    }
    if (root == null || !root.isObject()) {
      throw new InvalidInput(source + ": needs a JSON object, one case or {\"cases\": […]}");
    }
    if (!root.has("cases")) {
      return List.of(read(new JsonSection(source, root), "case 1"));
    }
    JsonSection all = new JsonSection(source, root);
    all.only("format", "cases");
    if (root.has("format") && root.get("format").asInt() != FORMAT) {
      throw all.wrong("format", "needs to be " + FORMAT + ", got " + root.get("format"));
    }
    if (!root.get("cases").isArray()) {
      throw all.wrong("cases", "needs a list");
    }
    List<Case> cases = new ArrayList<>();
    for (JsonNode node : root.get("cases")) {
      String number = "case " + (cases.size() + 1);
      if (!node.isObject()) {
        throw new InvalidInput(source + ": " + number + ": needs an object");
      }
      cases.add(read(new JsonSection(source, node), number));
    }
    return cases;
  }

  private Case read(JsonSection at, String number) {
    String name = at.find("name").map(n -> at.text("name", n)).orElse(number);
    return readCase(new JsonSection(at.where() + ": case '" + name + "'", at.node()), name);
  }

  private Case readCase(JsonSection at, String name) {
    Optional<Category> expected =
        at.find("expected").map(n -> at.choice("expected", n, Category.class));
    Optional<String> why = at.find("why").map(n -> at.text("why", n));
    Training training =
        at.find("train").isPresent() ? training(at.section("train")) : Training.NONE;
    Case.Subject subject;
    if (at.node().has("function")) {
      at.only("name", "expected", "why", "function", "point", "train");
      JsonSection function = at.section("function");
      function.only("quadratic");
      double[] h = function.vector("quadratic", -1);
      if (h.length == 0) {
        throw function.wrong("quadratic", "needs at least one curvature");
      }
      subject = new Case.Quadratic(h, at.vector("point", h.length));
      if (training.batchSize() instanceof BatchSize.Rows) {
        throw at.wrong("train: batch_size", "a function has no rows; needs full");
      }
    } else {
      at.only("name", "expected", "expected_loss", "why", "network", "data", "weights", "train");
      JsonSection network = at.section("network");
      Network net = NetworkReader.architecture(network);
      if (training.batchSize().equals(new BatchSize.Rows(1)) && net.couplesRows()) {
        throw at.wrong(
            "train: batch_size",
            "1 cannot go with batch_norm, which makes every row of such a batch 0; needs at least 2, or full");
      }
      subject = network(at, net, NetworkReader.l2(network), NetworkReader.factor(network));
    }
    return new Case(name, expected, why, subject, training);
  }

  private static Training training(JsonSection at) {
    at.only("steps", "learning_rate", "schedule", "warmup", "batch_size", "clipping", "seed");
    Training none = Training.NONE;
    int steps = at.find("steps").map(n -> at.whole("steps", n)).orElse(0);
    double rate =
        steps > 0 || at.find("learning_rate").isPresent()
            ? at.number("learning_rate", at.need("learning_rate"))
            : none.learningRate();
    Schedule schedule =
        at.find("schedule")
            .map(n -> at.valid("schedule", () -> Schedule.parse(at.text("schedule", n))))
            .orElse(none.schedule());
    int warmup = at.find("warmup").map(n -> at.whole("warmup", n)).orElse(none.warmup());
    BatchSize batch =
        at.find("batch_size")
            .map(n -> at.valid("batch_size", () -> BatchSize.parse(n.asText())))
            .orElse(none.batchSize());
    Clipping clipping =
        at.find("clipping")
            .map(n -> at.valid("clipping", () -> Clipping.parse(at.text("clipping", n))))
            .orElse(none.clipping());
    long seed = at.find("seed").map(n -> (long) at.whole("seed", n)).orElse(none.seed());
    if (!(rate > 0)) {
      throw at.wrong("learning_rate", "needs a number > 0, got " + rate);
    }
    return at.valid(
        "steps", () -> new Training(steps, rate, schedule, warmup, batch, clipping, seed));
  }

  private Case.Trained network(JsonSection at, Network net, double l2, double factor) {
    double[] inputs;
    double[] targets;
    JsonSection section = at.section("data");
    if (section.node().has("inputs") || section.node().has("targets")) {
      section.only("inputs", "targets");
      inputs = section.matrix("inputs", -1, net.inputs());
      targets = section.matrix("targets", inputs.length / net.inputs(), net.outputs());
    } else {
      Dataset set = dataset(section, net);
      inputs = widen(set.train().inputs());
      targets = widen(set.targets(set.train(), net.loss()));
    }
    int rows = inputs.length / net.inputs();
    check(section, net, targets, rows);
    OptionalDouble expectedLoss =
        at.find("expected_loss")
            .map(n -> OptionalDouble.of(at.number("expected_loss", n)))
            .orElse(OptionalDouble.empty());
    return new Case.Trained(
        net, inputs, targets, rows, l2, factor, NetworkReader.weights(at, net), expectedLoss);
  }

  private Dataset dataset(JsonSection at, Network net) {
    Dataset set;
    try {
      set = data.apply(json.convertValue(at.node(), new TypeReference<Map<String, Object>>() {}));
    } catch (InvalidInput e) {
      throw new InvalidInput(at.where() + ": " + e.getMessage(), e);
    }
    if (set.features() != net.inputs() || set.outputs(net.loss()) != net.outputs()) {
      throw new InvalidInput(
          "%s: has %d features and needs %d outputs, which do not fit network sizes %s"
              .formatted(at.where(), set.features(), set.outputs(net.loss()), net.sizes()));
    }
    return set;
  }

  /** Targets under cross entropy are distributions over the classes. */
  private static void check(JsonSection at, Network net, double[] targets, int rows) {
    int k = net.outputs();
    for (int i = 0; i < rows && net.loss() != Loss.MSE; i++) {
      double sum = 0;
      boolean within = true;
      for (int j = i * k; j < (i + 1) * k; j++) {
        within &= targets[j] >= 0 && targets[j] <= 1;
        sum += targets[j];
      }
      if (!within || (net.loss() == Loss.CROSS_ENTROPY && Math.abs(sum - 1) > 1e-6)) {
        throw at.wrong(
            "targets[" + i + "]",
            net.loss() == Loss.CROSS_ENTROPY
                ? "needs numbers from 0 to 1 that sum to 1 (one-hot)"
                : "needs a number from 0 to 1");
      }
    }
  }

  private static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
