package org.saddlemap.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.saddlemap.spec.InvalidInput;

/**
 * MLflow's tracking server by its REST interface, version 2.0. What the server refuses is an {@link
 * InvalidInput} with its words; what it fails at is tried again, and then an {@link IOException}.
 */
public final class MlflowServer {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final int ATTEMPTS = 4;
  private static final int RUNS_A_PAGE = 1000;

  /** The server's own bounds of a batch. */
  private static final int METRICS_A_BATCH = 800;

  private static final int PARAMETERS_A_BATCH = 100;

  private final URI base;
  private final Duration pause;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(20))
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  /**
   * A run as the server lists it.
   *
   * @param status RUNNING until all of it is there, then FINISHED or FAILED
   * @param artifacts where its files lie
   */
  record Run(String id, String status, String artifacts, Map<String, String> tags) {}

  /**
   * @param timestamp milliseconds since 1970
   */
  record Metric(String key, double value, long timestamp, long step) {}

  /**
   * A server that nothing is asked yet.
   *
   * @throws InvalidInput where the address is none of a web server
   */
  public MlflowServer(String address) {
    this(address, Duration.ofSeconds(1));
  }

  /**
   * @param pause before the second attempt; doubled before each further one
   */
  MlflowServer(String address, Duration pause) {
    this.pause = pause;
    try {
      this.base = URI.create(address.replaceAll("/+$", ""));
    } catch (IllegalArgumentException e) {
      throw new InvalidInput("'%s' is no address: %s".formatted(address, e.getMessage()), e);
    }
    if (base.getHost() == null || !List.of("http", "https").contains(base.getScheme())) {
      throw new InvalidInput(
          "'%s' is no address of an MLflow server, such as http://127.0.0.1:5000"
              .formatted(address));
    }
  }

  /** The id of the experiment of that name, which is made where there is none. */
  String experiment(String name, Map<String, String> tags) throws IOException {
    Optional<JsonNode> known =
        call(
            request("experiments/get-by-name?experiment_name=" + encoded(name)).GET(),
            "RESOURCE_DOES_NOT_EXIST");
    if (known.isPresent()) {
      JsonNode experiment = known.get().path("experiment");
      if (experiment.path("lifecycle_stage").asText().equals("deleted")) {
        throw new InvalidInput(
            "The experiment '%s' was deleted at %s; restore it, or delete it for good ('mlflow gc')"
                .formatted(name, base));
      }
      if (experiment.has("experiment_id")) {
        return experiment.get("experiment_id").asText();
      }
    }
    String id =
        post("experiments/create", Map.of("name", name, "tags", pairs(tags)))
            .path("experiment_id")
            .asText();
    if (id.isEmpty()) {
      throw new InvalidInput(base + " answers, but is no MLflow server");
    }
    return id;
  }

  /** All runs of an experiment that have a tag, by its value. */
  Map<String, Run> runs(String experiment, String tag) throws IOException {
    Map<String, Run> runs = new LinkedHashMap<>();
    String next = "";
    do {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("experiment_ids", List.of(experiment));
      body.put("max_results", RUNS_A_PAGE);
      if (!next.isEmpty()) {
        body.put("page_token", next);
      }
      JsonNode page = post("runs/search", body);
      for (JsonNode node : page.path("runs")) {
        Run run = run(node);
        if (run.tags().containsKey(tag)) {
          runs.put(run.tags().get(tag), run);
        }
      }
      next = page.path("next_page_token").asText("");
    } while (!next.isEmpty());
    return runs;
  }

  Run create(String experiment, String name, long started, Map<String, String> tags)
      throws IOException {
    return run(
        post(
                "runs/create",
                Map.of(
                    "experiment_id",
                    experiment,
                    "run_name",
                    name,
                    "start_time",
                    started,
                    "tags",
                    pairs(tags)))
            .path("run"));
  }

  /** Adds to a run what may be there already; the same once more changes nothing. */
  void log(Run run, Map<String, String> parameters, Map<String, String> tags, List<Metric> metrics)
      throws IOException {
    List<Map<String, Object>> all =
        metrics.stream()
            .map(
                m ->
                    Map.<String, Object>of(
                        "key", m.key(),
                        "value", m.value(),
                        "timestamp", m.timestamp(),
                        "step", m.step()))
            .toList();
    List<Map<String, String>> named = pairs(parameters);
    for (int i = 0;
        i * METRICS_A_BATCH < all.size()
            || i * PARAMETERS_A_BATCH < named.size()
            || (i == 0 && !tags.isEmpty());
        i++) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("run_id", run.id());
      body.put("metrics", part(all, i, METRICS_A_BATCH));
      body.put("params", part(named, i, PARAMETERS_A_BATCH));
      body.put("tags", i == 0 ? pairs(tags) : List.of());
      post("runs/log-batch", body);
    }
  }

  /** Says that all of a run is there. */
  void end(Run run, String status, long ended) throws IOException {
    post("runs/update", Map.of("run_id", run.id(), "status", status, "end_time", ended));
  }

  /** Whether the server takes files of this run itself, rather than its clients some storage. */
  static boolean takesFiles(Run run) {
    return run.artifacts().startsWith("mlflow-artifacts:");
  }

  void upload(Run run, String name, byte[] content) throws IOException {
    String folder = URI.create(run.artifacts()).getPath().replaceAll("^/+", "");
    call(
        HttpRequest.newBuilder(
                URI.create(
                    base + "/api/2.0/mlflow-artifacts/artifacts/" + folder + "/" + encoded(name)))
            .PUT(BodyPublishers.ofByteArray(content)),
        "");
  }

  private static Run run(JsonNode node) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (JsonNode tag : node.path("data").path("tags")) {
      tags.put(tag.path("key").asText(), tag.path("value").asText());
    }
    JsonNode info = node.path("info");
    return new Run(
        info.path("run_id").asText(),
        info.path("status").asText(),
        info.path("artifact_uri").asText(),
        tags);
  }

  private static List<Map<String, String>> pairs(Map<String, String> values) {
    List<Map<String, String>> pairs = new ArrayList<>();
    values.forEach((key, value) -> pairs.add(Map.of("key", key, "value", value)));
    return pairs;
  }

  private static <T> List<T> part(List<T> all, int i, int size) {
    int from = Math.min(all.size(), i * size);
    return all.subList(from, Math.min(all.size(), from + size));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + "/api/2.0/mlflow/" + path));
  }

  private JsonNode post(String path, Map<String, Object> body) throws IOException {
    return call(
            request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))),
            "")
        .orElseThrow();
  }

  /**
   * Calls the server, again where it is busy or breaks down.
   *
   * @param absent the error code that means that there is nothing
   */
  private Optional<JsonNode> call(HttpRequest.Builder builder, String absent) throws IOException {
    HttpRequest request = builder.timeout(TIMEOUT).build();
    for (int attempt = 1; ; attempt++) {
      IOException failure;
      try {
        HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
        if (answer.statusCode() / 100 == 2) {
          return Optional.of(json(answer));
        }
        JsonNode error = json(answer);
        if (!absent.isEmpty() && error.path("error_code").asText().equals(absent)) {
          return Optional.empty();
        }
        String said =
            "%s answers %s with %d: %s"
                .formatted(
                    base,
                    request.uri().getPath(),
                    answer.statusCode(),
                    error.path("message").asText("no MLflow server?"));
        if (answer.statusCode() != 429 && answer.statusCode() < 500) {
          throw new InvalidInput(said);
        }
        failure = new IOException(said);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException();
      } catch (IOException e) {
        failure =
            new IOException(
                "%s does not answer: %s"
                    .formatted(base, e.getMessage() == null ? e : e.getMessage()),
                e);
      }
      if (attempt == ATTEMPTS) {
        throw failure;
      }
      rest(pause.multipliedBy(1L << (attempt - 1)));
    }
  }

  private static JsonNode json(HttpResponse<byte[]> answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      return JSON.createObjectNode(); // a web page, such as a proxy's
    }
  }

  private static void rest(Duration pause) throws IOException {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }
}
