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
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Architecture;
import org.saddlemap.network.BatchNorm;
import org.saddlemap.space.Activation;
import org.saddlemap.space.BatchSize;
import org.saddlemap.space.Clipping;
import org.saddlemap.space.Loss;
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
          // Python writes NaN and Infinity; weights may be so, all else is refused by name.
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
                  // The end of a truncated text may have no place.
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
      return List.of(new Section(source, root).read("case 1"));
    }
    Section all = new Section(source, root);
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
      cases.add(new Section(source, node).read(number));
    }
    return cases;
  }

  /** How an element of a list is read. */
  private interface Element {
    double read(String key, JsonNode value);
  }

  /** An object of the file, with where it stands. */
  private final class Section {
    private final String where;
    private final JsonNode node;

    Section(String where, JsonNode node) {
      this.where = where;
      this.node = node;
    }

    InvalidInput wrong(String key, String what) {
      return new InvalidInput(where + ": " + key + ": " + what);
    }

    void only(String... known) {
      List<String> keys = Arrays.asList(known);
      for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
        String name = names.next();
        if (!keys.contains(name)) {
          throw wrong(name, "unknown key; known are " + String.join(", ", keys));
        }
      }
    }

    JsonNode need(String key) {
      JsonNode value = node.get(key);
      if (value == null || value.isNull()) {
        throw wrong(key, "is missing");
      }
      return value;
    }

    Optional<JsonNode> find(String key) {
      return Optional.ofNullable(node.get(key)).filter(n -> !n.isNull());
    }

    Section section(String key) {
      JsonNode value = need(key);
      if (!value.isObject()) {
        throw wrong(key, "needs an object");
      }
      return new Section(where + ": " + key, value);
    }

    String text(String key, JsonNode value) {
      if (!value.isTextual()) {
        throw wrong(key, "needs a text, got " + value);
      }
      return value.textValue();
    }

    double number(String key, JsonNode value) {
      if (!value.isNumber()) {
        throw wrong(key, "needs a number, got " + value);
      }
      if (!Double.isFinite(value.doubleValue())) {
        throw wrong(key, "needs a finite number, got " + value.asText());
      }
      return value.doubleValue();
    }

    /** A number, or what became of one: training that diverged leaves such weights. */
    double weight(String key, JsonNode value) {
      if (value.isNumber()) {
        return value.doubleValue();
      }
      return switch (value.asText()) {
        case "NaN" -> Double.NaN;
        case "Infinity" -> Double.POSITIVE_INFINITY;
        case "-Infinity" -> Double.NEGATIVE_INFINITY;
        default -> throw wrong(key, "needs a number, NaN, Infinity or -Infinity, got " + value);
      };
    }

    int whole(String key, JsonNode value) {
      if (!value.isIntegralNumber() || !value.canConvertToInt()) {
        throw wrong(key, "needs a whole number, got " + value);
      }
      return value.intValue();
    }

    boolean flag(String key, JsonNode value) {
      if (!value.isBoolean()) {
        throw wrong(key, "needs true or false, got " + value);
      }
      return value.booleanValue();
    }

    <E extends Enum<E>> E choice(String key, JsonNode value, Class<E> type) {
      String text = text(key, value);
      List<String> names = new ArrayList<>();
      for (E constant : type.getEnumConstants()) {
        names.add(constant.name().toLowerCase(Locale.ROOT));
        if (names.get(names.size() - 1).equals(text)) {
          return constant;
        }
      }
      throw wrong(key, "'" + text + "' is not one of " + String.join(", ", names));
    }

    /** A constructor's or parser's own complaint, with its place. */
    <T> T valid(String key, Supplier<T> make) {
      try {
        return make.get();
      } catch (IllegalArgumentException e) {
        throw new InvalidInput(where + ": " + key + ": " + e.getMessage(), e);
      }
    }

    double[] vector(String key, int length) {
      return vector(key, length, this::number);
    }

    private double[] vector(String key, int length, Element element) {
      JsonNode list = need(key);
      if (!list.isArray() || (length >= 0 && list.size() != length)) {
        throw wrong(
            key,
            "needs a list of "
                + (length >= 0 ? length + " numbers" : "numbers")
                + (list.isArray() ? ", got " + list.size() : ""));
      }
      double[] values = new double[list.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = element.read(key + "[" + i + "]", list.get(i));
      }
      return values;
    }

    /** Row-major; {@code rows} < 0 for any number. */
    double[] matrix(String key, int rows, int columns) {
      return matrix(key, rows, columns, this::number);
    }

    private double[] matrix(String key, int rows, int columns, Element element) {
      JsonNode list = need(key);
      if (!list.isArray() || (rows >= 0 && list.size() != rows) || list.isEmpty()) {
        throw wrong(
            key,
            "needs a list of "
                + (rows >= 0 ? rows + " rows" : "rows")
                + (list.isArray() ? ", got " + list.size() : ""));
      }
      double[] values = new double[Math.multiplyExact(list.size(), columns)];
      int k = 0;
      for (int i = 0; i < list.size(); i++) {
        JsonNode row = list.get(i);
        if (!row.isArray() || row.size() != columns) {
          throw wrong(key + "[" + i + "]", "needs " + columns + " numbers");
        }
        for (JsonNode value : row) {
          values[k++] = element.read(key + "[" + i + "]", value);
        }
      }
      return values;
    }

    Case read(String number) {
      String name = find("name").map(n -> text("name", n)).orElse(number);
      return new Section(where + ": case '" + name + "'", node).readCase(name);
    }

    private Case readCase(String name) {
      Optional<Category> expected =
          find("expected").map(n -> choice("expected", n, Category.class));
      Optional<String> why = find("why").map(n -> text("why", n));
      Training training = find("train").isPresent() ? section("train").training() : Training.NONE;
      Case.Subject subject;
      if (node.has("function")) {
        only("name", "expected", "why", "function", "point", "train");
        Section function = section("function");
        function.only("quadratic");
        double[] h = function.vector("quadratic", -1);
        if (h.length == 0) {
          throw function.wrong("quadratic", "needs at least one curvature");
        }
        subject = new Case.Quadratic(h, vector("point", h.length));
        if (training.batchSize() instanceof BatchSize.Rows) {
          throw wrong("train: batch_size", "a function has no rows; needs full");
        }
      } else {
        only("name", "expected", "why", "network", "data", "weights", "train");
        Section network = section("network");
        Architecture net = network.architecture();
        if (training.batchSize().equals(new BatchSize.Rows(1)) && net.normalized(0)) {
          throw wrong(
              "train: batch_size",
              "1 cannot go with batch_norm, which makes every row of such a batch 0; needs at least 2, or full");
        }
        subject = network(net, network.l2());
      }
      return new Case(name, expected, why, subject, training);
    }

    private Training training() {
      only("steps", "learning_rate", "batch_size", "clipping", "seed");
      Training none = Training.NONE;
      int steps = find("steps").map(n -> whole("steps", n)).orElse(0);
      double rate =
          steps > 0 || find("learning_rate").isPresent()
              ? number("learning_rate", need("learning_rate"))
              : none.learningRate();
      BatchSize batch =
          find("batch_size")
              .map(n -> valid("batch_size", () -> BatchSize.parse(n.asText())))
              .orElse(none.batchSize());
      Clipping clipping =
          find("clipping")
              .map(n -> valid("clipping", () -> Clipping.parse(text("clipping", n))))
              .orElse(none.clipping());
      long seed = find("seed").map(n -> (long) whole("seed", n)).orElse(none.seed());
      return valid("steps", () -> new Training(steps, rate, batch, clipping, seed));
    }

    private double l2() {
      double l2 = find("l2").map(n -> number("l2", n)).orElse(0.0);
      if (!(l2 >= 0)) {
        throw wrong("l2", "needs a number >= 0, got " + l2);
      }
      return l2;
    }

    private Architecture architecture() {
      only("sizes", "activation", "output_activation", "loss", "bias", "batch_norm", "l2");
      List<Integer> sizes = new ArrayList<>();
      JsonNode list = need("sizes");
      if (!list.isArray()) {
        throw wrong("sizes", "needs a list of whole numbers, inputs to outputs");
      }
      for (JsonNode size : list) {
        sizes.add(whole("sizes", size));
      }
      Activation hidden =
          sizes.size() > 2 || find("activation").isPresent()
              ? choice("activation", need("activation"), Activation.class)
              : Activation.IDENTITY;
      Activation output =
          find("output_activation")
              .map(n -> choice("output_activation", n, Activation.class))
              .orElse(Activation.IDENTITY);
      Loss loss = choice("loss", need("loss"), Loss.class);
      boolean bias = find("bias").map(n -> flag("bias", n)).orElse(true);
      Optional<BatchNorm> norm =
          find("batch_norm").isPresent() && !need("batch_norm").isBoolean()
              ? Optional.of(section("batch_norm").batchNorm())
              : find("batch_norm").filter(n -> flag("batch_norm", n)).map(n -> BatchNorm.STANDARD);
      return valid("sizes", () -> new Architecture(sizes, hidden, output, loss, bias, norm));
    }

    private BatchNorm batchNorm() {
      only("affine", "epsilon");
      boolean affine = find("affine").map(n -> flag("affine", n)).orElse(false);
      double epsilon = find("epsilon").map(n -> number("epsilon", n)).orElse(0.0);
      return valid("epsilon", () -> new BatchNorm(affine, epsilon));
    }

    private Case.Network network(Architecture net, double l2) {
      double[] inputs;
      double[] targets;
      Section section = section("data");
      if (section.node.has("inputs") || section.node.has("targets")) {
        section.only("inputs", "targets");
        inputs = section.matrix("inputs", -1, net.inputs());
        targets = section.matrix("targets", inputs.length / net.inputs(), net.outputs());
      } else {
        Dataset set = section.dataset(net);
        inputs = widen(set.train().inputs());
        targets = widen(set.targets(set.train(), net.loss()));
      }
      int rows = inputs.length / net.inputs();
      section.check(net, targets, rows);
      return new Case.Network(net, inputs, targets, rows, l2, weights(net));
    }

    private Dataset dataset(Architecture net) {
      Dataset set;
      try {
        set = data.apply(json.convertValue(node, new TypeReference<Map<String, Object>>() {}));
      } catch (InvalidInput e) {
        throw new InvalidInput(where + ": " + e.getMessage(), e);
      }
      if (set.features() != net.inputs() || set.outputs(net.loss()) != net.outputs()) {
        throw new InvalidInput(
            "%s: has %d features and needs %d outputs, which do not fit network sizes %s"
                .formatted(where, set.features(), set.outputs(net.loss()), net.sizes()));
      }
      return set;
    }

    /** Targets under cross entropy are distributions over the classes. */
    private void check(Architecture net, double[] targets, int rows) {
      int k = net.outputs();
      for (int i = 0; i < rows && net.loss() != Loss.MSE; i++) {
        double sum = 0;
        boolean within = true;
        for (int j = i * k; j < (i + 1) * k; j++) {
          within &= targets[j] >= 0 && targets[j] <= 1;
          sum += targets[j];
        }
        if (!within || (net.loss() == Loss.CROSS_ENTROPY && Math.abs(sum - 1) > 1e-6)) {
          throw wrong(
              "targets[" + i + "]",
              net.loss() == Loss.CROSS_ENTROPY
                  ? "needs numbers from 0 to 1 that sum to 1 (one-hot)"
                  : "needs a number from 0 to 1");
        }
      }
    }

    private double[] weights(Architecture net) {
      JsonNode list = need("weights");
      if (!list.isArray() || list.size() != net.layers()) {
        throw wrong("weights", "needs a list of " + net.layers() + " layers");
      }
      double[] theta = new double[net.parameters()];
      for (int l = 0; l < net.layers(); l++) {
        Section layer = new Section(where + ": weights[" + l + "]", list.get(l));
        if (!layer.node.isObject()) {
          throw wrong(
              "weights[" + l + "]", "needs an object with W" + (net.bias() ? " and b" : ""));
        }
        layer.only("W", "b", "gamma");
        int in = net.fanIn(l);
        int out = net.fanOut(l);
        System.arraycopy(
            layer.matrix("W", in, out, layer::weight), 0, theta, net.weights(l), in * out);
        if (net.bias()) {
          System.arraycopy(layer.vector("b", out, layer::weight), 0, theta, net.biases(l), out);
        } else if (layer.node.has("b")) {
          throw layer.wrong("b", "the network has no bias");
        }
        if (net.scaled(l)) {
          double[] gamma =
              layer.node.has("gamma") ? layer.vector("gamma", out, layer::weight) : ones(out);
          System.arraycopy(gamma, 0, theta, net.scales(l), out);
        } else if (layer.node.has("gamma")) {
          throw layer.wrong("gamma", "this layer has no affine batch normalization");
        }
      }
      return theta;
    }
  }

  private static double[] ones(int n) {
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
