package org.saddlemap.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A headless Chromium with one tab, driven over its DevTools protocol. */
public final class Chromium implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final WebSocket socket;
  private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
  private final List<String> problems = new CopyOnWriteArrayList<>();
  private final AtomicInteger ids = new AtomicInteger();
  private volatile CompletableFuture<String> downloaded = new CompletableFuture<>();

  private Chromium(Process process, URI tab) {
    this.process = process;
    this.socket =
        HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(tab, new Listener()).join();
    call("Page.enable", Map.of());
    call("Runtime.enable", Map.of());
    call("Log.enable", Map.of());
  }

  /** The browser's program, where the machine has one. */
  public static Optional<Path> find() {
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(
            name ->
                Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator, -1))
                    .map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts it; it picks a free port and writes it into its profile. */
  public static Chromium start(Path program, Path profile)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--remote-allow-origins=*",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Path port = profile.resolve("DevToolsActivePort");
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(port) || Files.readAllLines(port).size() < 2) {
      if (System.nanoTime() > end || !process.isAlive()) {
        process.destroyForcibly();
        throw new IOException("Chromium did not start");
      }
      Thread.sleep(50);
    }
    String base = "http://127.0.0.1:" + Files.readAllLines(port).get(0);
    try (java.io.InputStream in = URI.create(base + "/json/list").toURL().openStream()) {
      for (JsonNode tab : JSON.readTree(in)) {
        if (tab.path("type").asText().equals("page")) {
          return new Chromium(process, URI.create(tab.path("webSocketDebuggerUrl").asText()));
        }
      }
    }
    process.destroyForcibly();
    throw new IOException("Chromium has no tab");
  }

  /** Opens a file at that size and waits until the page says that it is ready. */
  void open(Path page, int width, int height, boolean dark) throws InterruptedException {
    open(page.toUri(), width, height, dark);
  }

  /** Opens an address likewise. */
  public void open(URI page, int width, int height, boolean dark) throws InterruptedException {
    problems.clear();
    look(width, height, dark);
    call("Page.navigate", Map.of("url", page.toString()));
    waitFor("document.documentElement?.dataset.ready === 'true'");
  }

  /** Gives the window that size, and the system that taste. */
  public void look(int width, int height, boolean dark) {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    call(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
  }

  /** Waits until the page's condition is true. */
  public void waitFor(String condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!eval(condition).asBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("Still not so: " + condition + "; " + problems);
      }
      Thread.sleep(50);
    }
  }

  /** The value of an expression, by JSON. */
  public JsonNode eval(String expression) {
    JsonNode result =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (result.has("exceptionDetails")) {
      throw new IllegalStateException(result.get("exceptionDetails").toString());
    }
    return result.path("result").path("value");
  }

  public void mouse(String type, double x, double y) {
    call(
        "Input.dispatchMouseEvent",
        Map.of(
            "type",
            type,
            "x",
            x,
            "y",
            y,
            "button",
            type.equals("mouseMoved") ? "none" : "left",
            "clickCount",
            type.equals("mouseMoved") ? 0 : 1));
  }

  public void key(String key) {
    for (String type : List.of("keyDown", "keyUp")) {
      call("Input.dispatchKeyEvent", Map.of("type", type, "key", key, "code", key));
    }
  }

  /** The whole page. */
  public byte[] screenshot() {
    return Base64.getDecoder()
        .decode(
            call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true))
                .path("data")
                .asText());
  }

  /** The page on paper. */
  byte[] pdf() {
    return Base64.getDecoder()
        .decode(
            call("Page.printToPDF", Map.of("printBackground", true, "preferCSSPageSize", true))
                .path("data")
                .asText());
  }

  /**
   * Does what makes the page save a file, and waits until it is there whole: the file has its name
   * before it has its content.
   */
  void download(Path folder, Runnable action) {
    downloaded = new CompletableFuture<>();
    call(
        "Browser.setDownloadBehavior",
        Map.of(
            "behavior",
            "allow",
            "downloadPath",
            folder.toAbsolutePath().toString(),
            "eventsEnabled",
            true));
    action.run();
    String state = downloaded.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    if (!state.equals("completed")) {
      throw new IllegalStateException("The download was " + state);
    }
  }

  /** Console errors and warnings, and exceptions, since the page was opened. */
  public List<String> problems() {
    return new ArrayList<>(problems);
  }

  private JsonNode call(String method, Map<String, Object> parameters) {
    int id = ids.incrementAndGet();
    ObjectNode message = JSON.createObjectNode();
    message.put("id", id);
    message.put("method", method);
    message.set("params", JSON.valueToTree(parameters));
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    socket.sendText(message.toString(), true).join();
    JsonNode reply = answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    if (reply.has("error")) {
      throw new IllegalStateException(method + ": " + reply.get("error"));
    }
    return reply.path("result");
  }

  private void received(JsonNode message) {
    if (message.has("id")) {
      waiting.remove(message.get("id").asInt()).complete(message);
      return;
    }
    JsonNode parameters = message.path("params");
    switch (message.path("method").asText()) {
      case "Runtime.exceptionThrown" -> problems.add(parameters.toString());
      case "Runtime.consoleAPICalled" -> {
        if (List.of("error", "warning", "assert").contains(parameters.path("type").asText())) {
          problems.add(parameters.toString());
        }
      }
      case "Log.entryAdded" -> {
        if (List.of("error", "warning").contains(parameters.path("entry").path("level").asText())) {
          problems.add(parameters.toString());
        }
      }
      case "Browser.downloadProgress" -> {
        String state = parameters.path("state").asText();
        if (!state.equals("inProgress")) {
          downloaded.complete(state);
        }
      }
      default -> {}
    }
  }

  @Override
  public void close() {
    socket.abort();
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** Puts a message's parts together. */
  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        String whole = text.toString();
        text.setLength(0);
        try {
          received(JSON.readTree(whole));
        } catch (IOException e) {
          problems.add(e.toString());
        }
      }
      from.request(1);
      return null;
    }
  }
}
