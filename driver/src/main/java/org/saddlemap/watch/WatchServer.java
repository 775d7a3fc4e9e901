package org.saddlemap.watch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.saddlemap.report.LivePage;
import org.saddlemap.spec.InvalidInput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a sweep's live page. Answers {@code GET} alone, a fixed set of names, of which none
 * becomes a path; all else in a request that is looked at are whole numbers.
 */
public final class WatchServer implements AutoCloseable {
  /** The port where none is asked for: the same one after a restart, so that pages find it. */
  public static final int DEFAULT_PORT = 8642;

  /** Where only this machine can ask. */
  public static final String LOOPBACK = "127.0.0.1";

  private static final Logger LOG = LoggerFactory.getLogger(WatchServer.class);
  private static final int THREADS = 4;
  private static final int WAITING = 64;

  /** A page asks every 1.5 s; one that has just asked is let see the end. */
  private static final long PAGE_IS_OPEN_NANOS = 3_000_000_000L;

  private final HttpServer server;
  private final ExecutorService threads;
  private final Access access;
  private final String host;
  private final Optional<ReportMaker> reports;
  private final Semaphore reportInMaking = new Semaphore(1);
  private volatile LiveAnswers answers;
  private volatile long asked;
  private volatile boolean everAsked;

  /** Makes the whole report of a sweep. */
  @FunctionalInterface
  public interface ReportMaker {
    /** Its page, which takes seconds. */
    String page(String sweepId) throws IOException;
  }

  private WatchServer(
      HttpServer server,
      ExecutorService threads,
      Access access,
      String host,
      Optional<ReportMaker> reports) {
    this.server = server;
    this.threads = threads;
    this.access = access;
    this.host = host;
    this.reports = reports;
  }

  /**
   * Starts to serve.
   *
   * @param bind address of this machine, by number or name
   * @param port 0 for any that is free
   * @param reports empty where this process has no cores to spare for reports
   * @throws InvalidInput where there is no such address here, or the port is in use
   */
  public static WatchServer start(String bind, int port, Optional<ReportMaker> reports)
      throws IOException {
    // A connection that says nothing does not keep a thread for long; read once, by the JDK.
    setIfAbsent("sun.net.httpserver.maxReqTime", "10");
    setIfAbsent("jdk.httpserver.maxConnections", "100");
    InetAddress address;
    HttpServer server;
    try {
      address = InetAddress.getByName(bind);
      server = HttpServer.create(new InetSocketAddress(address, port), WAITING);
    } catch (UnknownHostException e) {
      throw new InvalidInput(
          "--bind: '%s' is no address of this machine; such as %s, or 0.0.0.0 for all of them"
              .formatted(bind, LOOPBACK),
          e);
    } catch (BindException e) {
      throw new InvalidInput(
          "Cannot serve on %s, port %d: %s; another port serves as well, or 0 for any that is free"
              .formatted(bind, port, e.getMessage()),
          e);
    }
    AtomicInteger number = new AtomicInteger();
    ExecutorService threads =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "saddlemap-watch-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    WatchServer watch = new WatchServer(server, threads, Access.of(address, bind), bind, reports);
    server.setExecutor(threads);
    server.createContext("/", watch::handle);
    server.start();
    return watch;
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** From now on this sweep is shown. */
  public void show(LiveSweep sweep) {
    answers = new LiveAnswers(sweep);
  }

  /** Where the page is, the token with it. */
  public String url() {
    return "http://%s:%d%s"
        .formatted(
            host.contains(":") ? "[" + host + "]" : host,
            server.getAddress().getPort(),
            access.prefix());
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer;
      try {
        answer = answer(exchange);
      } catch (IllegalArgumentException e) {
        answer = Answer.text(400, "Bad request: " + e.getMessage());
      } catch (IOException | RuntimeException e) {
        LOG.warn("Cannot answer", e);
        answer = Answer.text(500, "Cannot answer; the log says why");
      }
      send(exchange, answer);
    }
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", answer.type());
    headers.set("Content-Security-Policy", answer.policy());
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Cache-Control", "no-store");
    if (answer.status() == 405) {
      headers.set("Allow", "GET");
    }
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(answer.status(), head ? -1 : answer.body().length);
    if (!head) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(answer.body());
      }
    }
  }

  private Answer answer(HttpExchange exchange) throws IOException {
    if (!access.isForUs(exchange)) {
      return Answer.text(403, "This server does not go by that name");
    }
    Optional<String> name = access.name(exchange.getRequestURI().getRawPath());
    if (name.isEmpty()) {
      return Answer.text(404, "Nothing here");
    }
    if (!exchange.getRequestMethod().equals("GET")) {
      return Answer.text(405, "Only GET");
    }
    return switch (name.get()) {
      case "" -> Answer.page("text/html", LivePage.html());
      case "watch.css" -> Answer.page("text/css", LivePage.style());
      case "watch.js" -> Answer.page("text/javascript", LivePage.script());
      case "state", "cell", "trial", "report" ->
          of(name.get(), new Query(exchange.getRequestURI().getRawQuery()));
      default -> Answer.text(404, "Nothing here");
    };
  }

  /** What the sweep answers. */
  private Answer of(String name, Query query) throws IOException {
    LiveAnswers sweep = answers;
    if (sweep == null) {
      return Answer.text(503, "No sweep has begun yet");
    }
    return switch (name) {
      case "state" -> {
        Map<String, Object> json = sweep.state(query);
        json.put("report", reports.isPresent());
        asked = System.nanoTime();
        everAsked = true;
        yield Answer.json(json);
      }
      case "cell" -> Answer.json(sweep.cell(query));
      case "trial" ->
          sweep
              .trial(query)
              .map(Answer::json)
              .orElseGet(() -> Answer.text(404, "No such trial has a row yet"));
      default -> report(sweep.id());
    };
  }

  /** One at a time: it takes the cores that train. */
  private Answer report(String sweepId) throws IOException {
    if (reports.isEmpty()) {
      return Answer.text(404, "Make it by: saddlemap report " + sweepId);
    }
    if (!reportInMaking.tryAcquire()) {
      return Answer.text(503, "A report is being made already; try again in a moment");
    }
    try {
      return Answer.report(reports.get().page(sweepId));
    } catch (InvalidInput e) {
      return Answer.text(409, e.getMessage());
    } finally {
      reportInMaking.release();
    }
  }

  /**
   * Lets a page that is open see the end, then ends. To be called when the sweep's lock is given
   * back.
   */
  @Override
  public void close() {
    long now = System.nanoTime();
    if (everAsked && now - asked < PAGE_IS_OPEN_NANOS) {
      long end = now + PAGE_IS_OPEN_NANOS;
      while (asked - now < 0 && System.nanoTime() - end < 0) {
        try {
          TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          break;
        }
      }
    }
    server.stop(0);
    threads.shutdownNow();
  }
}
