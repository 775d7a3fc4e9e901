package org.saddlemap.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The process that holds a sweep.
 *
 * @param token unlike any other holder's
 * @param process number of its process
 * @param born when the kernel started that process, in its own ticks since it booted, which boot
 *     that was, and in whose numbers (a container has its own); empty where it does not say
 */
record LockHolder(String token, String host, long process, String born) {
  static LockHolder self() {
    long process = ProcessHandle.current().pid();
    return new LockHolder(UUID.randomUUID().toString(), thisHost(), process, born(process));
  }

  /** Whether it is known to be gone: its process was on this machine, and is not any more. */
  boolean isDead() {
    String own = born(ProcessHandle.current().pid());
    if (!host.equals(thisHost()) || (!born.isEmpty() && !place(born).equals(place(own)))) {
      return false; // On another machine, boot or container, process numbers mean others.
    }
    boolean exists = ProcessHandle.of(process).map(ProcessHandle::isAlive).orElse(false);
    String now = born(process);
    return !exists || (!born.isEmpty() && !now.isEmpty() && !born.equals(now));
  }

  /** Whether it is known to live: on this machine, under its number, born when it says. */
  boolean isAlive() {
    return host.equals(thisHost()) && !born.isEmpty() && born.equals(born(process)) && !isDead();
  }

  /** As people are told of it. */
  String description() {
    return "process %d on %s".formatted(process, host);
  }

  /** Ticks since boot, and which boot: the time of day changes with the clock. */
  private static String born(long process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
      String numbers = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
      return fields[19] + "@" + boot + "@" + numbers;
    } catch (IOException | RuntimeException e) {
      return "";
    }
  }

  /** All of a birth but its time: which boot, and in whose numbers. */
  private static String place(String born) {
    return born.substring(born.indexOf('@') + 1);
  }

  private static String thisHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
