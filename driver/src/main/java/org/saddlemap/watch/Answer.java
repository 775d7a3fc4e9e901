package org.saddlemap.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;

/**
 * What a request gets.
 *
 * @param policy what the page may load and run, as a {@code Content-Security-Policy}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Answer(int status, String type, String policy, byte[] body) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The page loads its own script and style, and asks its own server; nothing else. */
  private static final String OWN =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data: blob:;"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /** A report holds all that it shows, and may ask for nothing, not even this server. */
  private static final String REPORT =
      "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:;"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " sandbox allow-scripts allow-downloads allow-modals";

  static Answer text(int status, String text) {
    return of(status, "text/plain", OWN, text + "\n");
  }

  static Answer page(String type, String text) {
    return of(200, type, OWN, text);
  }

  static Answer report(String html) {
    return of(200, "text/html", REPORT, html);
  }

  static Answer json(Object value) {
    try {
      return of(200, "application/json", OWN, JSON.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Cannot write an answer", e);
    }
  }

  private static Answer of(int status, String type, String policy, String text) {
    return new Answer(
        status, type + "; charset=utf-8", policy, text.getBytes(StandardCharsets.UTF_8));
  }
}
