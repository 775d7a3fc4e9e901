package org.saddlemap.watch;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import com.sun.net.httpserver.HttpExchange;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Who may ask. On a loopback address everyone on the machine; elsewhere who knows the token, which
 * is the first part of the path. A page of another site, whose name has been made to lead here, is
 * refused by the {@code Host} that its browser sends.
 */
final class Access {
  private static final int TOKEN_BYTES = 24;
  private static final String LOCALHOST = "localhost";

  private final InetAddress address;
  private final String bind;
  private final String prefix;

  private Access(InetAddress address, String bind, String prefix) {
    this.address = address;
    this.bind = bind;
    this.prefix = prefix;
  }

  /**
   * The rules for a server at that address.
   *
   * @param bind what the user calls it
   */
  static Access of(InetAddress address, String bind) {
    if (address.isLoopbackAddress()) {
      return new Access(address, bind, "/");
    }
    byte[] token = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(token); // a secret, not a number of a result
    return new Access(address, bind, "/" + HexFormat.of().formatHex(token) + "/");
  }

  /** What every path begins and ends its first part with. */
  String prefix() {
    return prefix;
  }

  /** Whether the request's {@code Host} is one that this server goes by. */
  boolean isForUs(HttpExchange exchange) {
    String header = exchange.getRequestHeaders().getFirst("Host");
    if (header == null || exchange.getRequestHeaders().get("Host").size() != 1) {
      return false;
    }
    String host;
    try {
      HostAndPort given = HostAndPort.fromString(header);
      if (given.getPortOrDefault(80) != exchange.getLocalAddress().getPort()) {
        return false;
      }
      host = given.getHost();
    } catch (IllegalArgumentException e) {
      return false;
    }
    if (host.equalsIgnoreCase(LOCALHOST)) {
      return true;
    }
    // A name can be made to lead anywhere, an address cannot; who has none but ours is told it.
    return address.isLoopbackAddress()
        ? InetAddresses.isInetAddress(host) && InetAddresses.forString(host).isLoopbackAddress()
        : InetAddresses.isInetAddress(host) || host.equalsIgnoreCase(bind);
  }

  /** What stands behind the token in a path; empty where that is missing or wrong. */
  Optional<String> name(String path) {
    int end = Math.min(path.length(), prefix.length());
    byte[] given = path.substring(0, end).getBytes(StandardCharsets.UTF_8);
    byte[] wanted = prefix.getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(given, wanted) // in a time that does not tell how much is right
        ? Optional.of(path.substring(end))
        : Optional.empty();
  }
}
