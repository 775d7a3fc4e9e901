package org.saddlemap.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.Warehouse;

/** Who is answered, and with what. */
@Timeout(60)
class WatchServerTest {
  @TempDir private Path folder;
  private Warehouse warehouse;
  private WatchServer server;

  @BeforeEach
  void start() throws IOException {
    warehouse = Live.warehouse(folder);
    Live.write(warehouse, new ChunkRange(0, 30), new SplittableRandom(3));
    server = started("127.0.0.1");
  }

  private WatchServer started(String bind) throws IOException {
    WatchServer started = WatchServer.start(bind, 0, Optional.of(id -> "<p>report of " + id));
    started.show(new LiveSweep(warehouse, Live.ID, Live.SPEC));
    return started;
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static int port(WatchServer server) {
    return URI.create(server.url()).getPort();
  }

  /** A request as it stands on the wire; its whole answer. */
  private static String ask(WatchServer server, String method, String path, String host)
      throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(server))) {
      socket
          .getOutputStream()
          .write(
              "%s %s HTTP/1.1\r\n%sConnection: close\r\n\r\n"
                  .formatted(method, path, host)
                  .getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String get(String path) throws IOException {
    return ask(server, "GET", path, "Host: 127.0.0.1:%d\r\n".formatted(port(server)));
  }

  private static int status(String answer) {
    return Integer.parseInt(answer.split(" ", 3)[1]);
  }

  private JsonNode json(String path) throws IOException {
    String answer = get(path);
    assertThat(status(answer)).as(answer).isEqualTo(200);
    return new ObjectMapper().readTree(answer.substring(answer.indexOf("\r\n\r\n")));
  }

  @Test
  void pageLoadsItsOwnAlone() throws IOException {
    String page = get("/");
    assertThat(status(page)).isEqualTo(200);
    assertThat(page.toLowerCase(java.util.Locale.ROOT))
        .contains(
            "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer")
        .doesNotContain("unsafe-inline", "access-control-allow");
    assertThat(status(get("/watch.js"))).isEqualTo(200);
    assertThat(status(get("/watch.css"))).isEqualTo(200);
    assertThat(get("/report")).contains("<p>report of " + Live.ID, "sandbox allow-scripts");
  }

  @Test
  void namesOfOtherSitesAreRefused() throws IOException {
    int port = port(server);
    for (String host :
        List.of(
            "Host: evil.example:" + port,
            "Host: 127.0.0.1.evil.example:" + port,
            "Host: 127.0.0.1:1",
            "Host: 127.0.0.1",
            "Host: 10.0.0.1:" + port,
            "Host: evil@127.0.0.1:" + port,
            "Host: ",
            "Host: 127.0.0.1:%d\r\nHost: evil.example:%d".formatted(port, port),
            "X-Forwarded-Host: 127.0.0.1:" + port)) {
      String answer = ask(server, "GET", "/state", host + "\r\n");
      assertThat(status(answer)).as(host).isIn(400, 403);
      assertThat(answer).as(host).doesNotContain(Live.ID);
    }
    for (String host : List.of("localhost:" + port, "[::1]:" + port, "127.0.0.1:" + port)) {
      assertThat(status(ask(server, "GET", "/state", "Host: " + host + "\r\n")))
          .as(host)
          .isEqualTo(200);
    }
  }

  @Test
  void onlyGetIsAnswered() throws IOException {
    String host = "Host: 127.0.0.1:%d\r\n".formatted(port(server));
    for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE")) {
      assertThat(status(ask(server, method, "/state", host))).as(method).isEqualTo(405);
    }
  }

  @Test
  void noPathLeadsToAFile() throws IOException {
    for (String path :
        List.of(
            "/../../etc/passwd",
            "/..%2f..%2fetc%2fpasswd",
            "//etc/passwd",
            "/watch.js/",
            "/state/",
            "/trial/../state",
            "/live.html",
            "/%00")) {
      assertThat(status(get(path))).as(path).isIn(400, 404);
    }
  }

  @Test
  void wrongQuestionsGetNoTrial() throws IOException {
    assertThat(status(get("/trial?number=30"))).isEqualTo(404);
    assertThat(status(get("/trial?number=-1"))).isEqualTo(404);
    assertThat(status(get("/trial?number=999999999999999999"))).isEqualTo(404);
    for (String query :
        List.of(
            "trial",
            "trial?number=",
            "trial?number=1e3",
            "trial?number=9999999999999999999",
            "trial?number=../x",
            "cell?cell=0",
            "cell?x=0&y=0&facet=-1&held=-1.-1.-1.-1.-1.-1.-1&cell=0",
            "cell?x=99&y=-1&facet=-1&held=-1.-1.-1.-1.-1.-1.-1&cell=0",
            "cell?x=0&y=-1&facet=-1&held=-1.-1.-1.-1.-1.-1.99&cell=0",
            "cell?x=0&y=-1&facet=-1&held=-1&cell=0",
            "cell?x=0&y=-1&facet=-1&held=-1.-1.-1.-1.-1.-1.-1&cell=3",
            "cell?x=0&y=-1&facet=-1&held=-1.-1.-1.-1.-1.-1.-1&cell=-1")) {
      String answer = get("/" + query);
      assertThat(status(answer)).as(query).isEqualTo(400);
      assertThat(answer).as(query).doesNotContain("Exception");
    }
  }

  @Test
  void stateCellAndTrialFitTogether() throws IOException {
    JsonNode state = json("/state");
    assertThat(state.get("done").asInt()).isPositive();
    assertThat(state.get("run").get("is").asText()).isEqualTo("none");
    String map =
        "x=%s&y=%s&facet=%s&held=-1.-1.-1.-1.-1.-1.-1"
            .formatted(
                state.at("/map/x").asText(),
                state.at("/map/y").asText(),
                state.at("/map/facet").asText());
    JsonNode first = state.at("/map/cells/0");
    JsonNode cell = json("/cell?" + map + "&cell=" + first.get(0).asInt());
    assertThat(cell.get("trials")).hasSize(cell.get("total").asInt());
    JsonNode trial = json("/trial?number=" + cell.at("/trials/0/number").asLong());
    assertThat(trial.get("outcome").asText()).isEqualTo(cell.at("/trials/0/outcome").asText());
    assertThat(trial.get("curve").toString()).isEqualTo("[[0,2.5,1.0],[7,null,null]]");
    String since =
        "/state?epoch=%d&since=%d&%s"
            .formatted(state.get("epoch").asLong(), state.get("version").asLong(), map);
    assertThat(json(since).at("/map/cells")).as("nothing new").isEmpty();
    assertThat(json(since).has("axes")).isFalse();
    assertThat(json(since.replace("epoch=", "epoch=1")).has("axes"))
        .as("of another server")
        .isTrue();
  }

  @Test
  void markupInAReasonStaysText() throws IOException {
    String hostile = "</script><img src=x onerror=alert(1)>";
    long index = 30;
    while (Live.PLAN.trial(index).isEmpty()) {
      index++;
    }
    new Chunks(warehouse)
        .write(
            Live.ID,
            new ChunkRange(30, index + 1),
            List.of(
                Live.record(
                    Live.PLAN.trial(index).orElseThrow(), new SplittableRandom(1), hostile)));
    String answer = get("/trial?number=" + index);
    assertThat(answer).contains("Content-type: application/json", hostile.substring(0, 9));
    assertThat(get("/")).as("the document holds nothing of a sweep").doesNotContain(Live.ID);
  }

  @Test
  void elsewhereTheTokenIsNeeded() throws IOException {
    try (WatchServer open = started("0.0.0.0")) {
      String host = "Host: 127.0.0.1:%d\r\n".formatted(port(open));
      String path = URI.create(open.url()).getPath();
      assertThat(path).matches("/[0-9a-f]{48}/");
      assertThat(status(ask(open, "GET", path + "state", host))).isEqualTo(200);
      assertThat(status(ask(open, "GET", path, host))).isEqualTo(200);
      assertThat(status(ask(open, "GET", path + "state", "Host: evil.example:80\r\n")))
          .isEqualTo(403);
      String other = (path.charAt(1) == '0' ? "/1" : "/0") + path.substring(2);
      for (String wrong :
          List.of("/", "/state", other, other + "state", path.substring(0, 40), path + "/state")) {
        assertThat(status(ask(open, "GET", wrong, host))).as(wrong).isEqualTo(404);
      }
    }
    try (WatchServer again = started("0.0.0.0");
        WatchServer more = started("0.0.0.0")) {
      assertThat(URI.create(again.url()).getPath()).isNotEqualTo(URI.create(more.url()).getPath());
    }
  }

  @Test
  void portInUseIsOneClearError() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(
              () -> WatchServer.start("127.0.0.1", taken.getLocalPort(), Optional.empty()))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("port " + taken.getLocalPort());
    }
    assertThatThrownBy(() -> WatchServer.start("no such host", 0, Optional.empty()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("--bind");
  }
}
