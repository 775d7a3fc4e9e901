package org.saddlemap.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** MLflow's tracking server, as far as its REST interface is documented and an export needs it. */
public final class FakeMlflow implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PAGE = 3;

  /** A run; a metric's points are a set, since the same point once more is none. */
  public static final class Run {
    public final String id;
    public final String name;
    public String status = "RUNNING";
    public final Map<String, String> tags = new TreeMap<>();
    public final Map<String, String> parameters = new TreeMap<>();
    public final Map<String, Set<String>> metrics = new TreeMap<>();

    Run(String id, String name) {
      this.id = id;
      this.name = name;
    }
  }

  public final Map<String, Run> runs = new LinkedHashMap<>();
  public final Map<String, byte[]> files = new TreeMap<>();
  public final List<String> calls = new ArrayList<>();

  /** Calls that are answered before the server breaks down for good. */
  public int budget = Integer.MAX_VALUE;

  /** Calls that a busy server turns away next. */
  public int busy;

  /** Where its runs keep files. */
  public String artifacts = "mlflow-artifacts:/1/";

  private String experiment;
  private final HttpServer http;

  public FakeMlflow() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext("/", this::answer);
    http.start();
  }

  public String address() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  /** The run with that tag's value. */
  public Run run(String tag, String value) {
    return runs.values().stream()
        .filter(r -> value.equals(r.tags.get(tag)))
        .reduce(
            (a, b) -> {
              throw new AssertionError("two runs of " + value);
            })
        .orElseThrow();
  }

  private record Refusal(int code, String error, String message) {}

  private synchronized void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    byte[] body = exchange.getRequestBody().readAllBytes();
    calls.add(path.substring(path.indexOf("2.0/") + 4));
    Object answer;
    if (calls.size() > budget) {
      answer = new Refusal(500, "INTERNAL_ERROR", "out of order");
    } else if (busy > 0) {
      busy--;
      answer = new Refusal(429, "REQUEST_LIMIT_EXCEEDED", "busy");
    } else if (path.startsWith("/api/2.0/mlflow-artifacts/artifacts/")) {
      files.put(path.substring("/api/2.0/mlflow-artifacts/artifacts/".length()), body);
      answer = Map.of();
    } else {
      answer =
          handle(
              path.replace("/api/2.0/mlflow/", ""),
              exchange.getRequestURI().getRawQuery(),
              body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body));
    }
    int code = 200;
    if (answer instanceof Refusal refusal) {
      code = refusal.code();
      answer = Map.of("error_code", refusal.error(), "message", refusal.message());
    }
    byte[] text = JSON.writeValueAsBytes(answer);
    exchange.sendResponseHeaders(code, text.length);
    exchange.getResponseBody().write(text);
    exchange.close();
  }

  private Object handle(String method, String query, JsonNode body) {
    return switch (method) {
      case "experiments/get-by-name" ->
          query.equals("experiment_name=" + experiment)
              ? Map.of(
                  "experiment",
                  Map.of("experiment_id", "1", "name", experiment, "lifecycle_stage", "active"))
              : new Refusal(404, "RESOURCE_DOES_NOT_EXIST", "no " + decoded(query));
      case "experiments/create" -> {
        experiment = body.get("name").asText();
        yield Map.of("experiment_id", "1");
      }
      case "runs/search" -> {
        int from = body.path("page_token").asInt(0);
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("runs", runs.values().stream().skip(from).limit(PAGE).map(this::shown).toList());
        if (from + PAGE < runs.size()) {
          page.put("next_page_token", String.valueOf(from + PAGE));
        }
        yield page;
      }
      case "runs/create" -> {
        if (!body.get("experiment_id").asText().equals("1")) {
          yield new Refusal(404, "RESOURCE_DOES_NOT_EXIST", "no such experiment");
        }
        Run run = new Run("run" + runs.size(), body.get("run_name").asText());
        body.get("tags").forEach(t -> run.tags.put(t.get("key").asText(), t.get("value").asText()));
        runs.put(run.id, run);
        yield Map.of("run", shown(run));
      }
      case "runs/log-batch" -> log(runs.get(body.get("run_id").asText()), body);
      case "runs/update" -> {
        runs.get(body.get("run_id").asText()).status = body.get("status").asText();
        yield Map.of();
      }
      default -> new Refusal(404, "ENDPOINT_NOT_FOUND", method);
    };
  }

  private static Object log(Run run, JsonNode body) {
    JsonNode metrics = body.get("metrics");
    JsonNode parameters = body.get("params");
    JsonNode tags = body.get("tags");
    if (metrics.size() + parameters.size() + tags.size() > 1000
        || parameters.size() > 100
        || tags.size() > 100) {
      return new Refusal(400, "INVALID_PARAMETER_VALUE", "a batch is too large");
    }
    for (JsonNode p : parameters) {
      String value = p.get("value").asText();
      if (!run.parameters.getOrDefault(p.get("key").asText(), value).equals(value)) {
        return new Refusal(400, "INVALID_PARAMETER_VALUE", "a parameter never changes");
      }
      run.parameters.put(p.get("key").asText(), value);
    }
    tags.forEach(t -> run.tags.put(t.get("key").asText(), t.get("value").asText()));
    for (JsonNode m : metrics) {
      if (!m.get("value").isNumber() || !m.get("timestamp").isIntegralNumber()) {
        return new Refusal(400, "INVALID_PARAMETER_VALUE", "no number: " + m);
      }
      run.metrics
          .computeIfAbsent(m.get("key").asText(), k -> new LinkedHashSet<>())
          .add(m.get("step").asText() + ":" + m.get("value").asText() + "@" + m.get("timestamp"));
    }
    return Map.of();
  }

  private Map<String, Object> shown(Run run) {
    List<Map<String, String>> tags = new ArrayList<>();
    run.tags.forEach((key, value) -> tags.add(Map.of("key", key, "value", value)));
    return Map.of(
        "info",
            Map.of(
                "run_id", run.id,
                "status", run.status,
                "artifact_uri", artifacts + run.id + "/artifacts"),
        "data", Map.of("tags", tags));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
