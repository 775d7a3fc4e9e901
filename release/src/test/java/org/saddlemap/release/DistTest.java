package org.saddlemap.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** What is given to others, held against the rules of those who take it. */
@Tag("slow") // on what is built
@Tag("release")
class DistTest {
  /** Of each platform the libraries without which nothing is computed, and nothing asked. */
  private static final Map<String, List<String>> NATIVES =
      Map.of(
          "linux-x86_64", natives("linux-x86_64", "so", "so.0", "linux_amd64"),
          "linux-arm64", natives("linux-arm64", "so", "so.0", "linux_arm64"),
          "macos-arm64", natives("macosx-arm64", "dylib", "0.dylib", "osx_universal"));

  private static List<String> natives(
      String platform, String ending, String openblas, String duckdb) {
    return List.of(
        "org/nd4j/linalg/cpu/nativecpu/bindings/%s/libnd4jcpu.%s".formatted(platform, ending),
        "org/bytedeco/openblas/%s/libopenblas.%s".formatted(platform, openblas),
        "org/bytedeco/javacpp/%s/libjnijavacpp.%s".formatted(platform, ending),
        "libduckdb_java.so_" + duckdb);
  }

  static List<Path> applicationJars() throws IOException {
    List<Path> jars =
        Dist.files().stream().filter(f -> f.toString().matches(".*-app-[^/]*\\.jar")).toList();
    assertThat(jars).isNotEmpty();
    return jars;
  }

  @ParameterizedTest
  @MethodSource("applicationJars")
  void applicationJarHoldsTheNativesOfItsPlatformAlone(Path jar) throws IOException {
    String platform = jar.toString().replaceAll(".*-app-|\\.jar$", "");
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      Set<String> names = zip.stream().map(e -> e.getName()).collect(Collectors.toSet());
      assertThat(names)
          .containsAll(NATIVES.get(platform))
          .contains("org/saddlemap/cli/Saddlemap.class")
          .noneMatch(n -> n.startsWith("org/apache/spark/") || n.startsWith("scala/"));
      NATIVES.forEach(
          (other, natives) -> {
            if (!other.equals(platform)) {
              assertThat(names).doesNotContainAnyElementsOf(natives);
            }
          });
      try (ZipFile first = new ZipFile(applicationJars().get(0).toFile())) {
        assertThat(classes(zip)).isEqualTo(classes(first));
      }
    }
  }

  /** Checksums of all classes. */
  private static Map<String, Long> classes(ZipFile zip) {
    return zip.stream()
        .filter(e -> e.getName().endsWith(".class"))
        .collect(Collectors.toMap(e -> e.getName(), e -> e.getCrc()));
  }

  @Test
  void archiveOfTheSameFilesHasTheSameBytes() throws IOException {
    Path archive = Dist.file("-linux-x86_64.tar.gz");
    Path again = Path.of("target", "again").resolve(archive.getFileName());
    assertThat(Files.mismatch(archive, again)).isEqualTo(-1);
  }

  @Test
  void everyFileHasItsChecksum() throws Exception {
    List<Path> files =
        Dist.files().stream().filter(f -> !f.toString().endsWith(".sha256")).toList();
    assertThat(files).hasSizeGreaterThanOrEqualTo(10);
    for (Path file : files) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        in.transferTo(java.io.OutputStream.nullOutputStream());
      }
      assertThat(Files.readString(Path.of(file + ".sha256")).strip())
          .isEqualTo(HexFormat.of().formatHex(digest.digest()) + " *" + file.getFileName());
    }
  }

  @Test
  void billsOfMaterialsNameWhatIsInside() throws IOException {
    String application = Files.readString(Dist.file("-sbom-application.json"));
    String all = Files.readString(Dist.file("-sbom-all.json"));
    assertThat(application)
        .contains("\"bomFormat\" : \"CycloneDX\"", "pkg:maven/org.nd4j/nd4j-native@")
        .doesNotContain("pkg:maven/org.apache.spark/");
    assertThat(all).contains("pkg:maven/org.nd4j/nd4j-native@", "pkg:maven/org.apache.spark/");
  }

  /**
   * What Maven Central asks of each artifact (central.sonatype.org/publish/requirements), but for
   * signatures, which whoever publishes adds. What a module does not say it inherits.
   */
  @ParameterizedTest
  @ValueSource(strings = {".", "common", "worker", "driver"})
  void whatIsPublishedHasWhatCentralAsksFor(String module) throws Exception {
    Element parent = pom(".");
    Element own = pom(module);
    assertThat(text(own, "name")).isNotBlank();
    assertThat(text(own, "description")).isNotBlank();
    for (String path :
        List.of(
            "groupId",
            "version",
            "url",
            "licenses/license/name",
            "licenses/license/url",
            "developers/developer/name",
            "scm/connection",
            "scm/developerConnection",
            "scm/url")) {
      String said = text(own, path);
      assertThat(said.isEmpty() ? text(parent, path) : said)
          .as("%s of %s", path, module)
          .isNotBlank()
          .doesNotContain("${");
    }
    for (String refused : List.of("repositories", "pluginRepositories")) {
      assertThat(own.getElementsByTagName(refused).getLength()).as(refused).isZero();
    }
    assertThat(own.getElementsByTagName("systemPath").getLength()).isZero();
    if (!module.equals(".")) {
      assertThat(text(own, "parent/version")).isEqualTo(text(parent, "version"));
      String jar = "saddlemap-%s-%s".formatted(module, text(parent, "version"));
      assertThat(entries(Path.of("..", module, "target", jar + ".jar"))).contains("META-INF/");
      assertThat(entries(Dist.file(jar + "-sources.jar"))).anyMatch(n -> n.endsWith(".java"));
      assertThat(entries(Dist.file(jar + "-javadoc.jar"))).contains("index.html");
    }
  }

  private static Set<String> entries(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return zip.stream().map(e -> e.getName()).collect(Collectors.toSet());
    }
  }

  private static Element pom(String module) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(Path.of("..", module, "pom.xml").toFile())
        .getDocumentElement();
  }

  /** The text at a path below a project; empty where it says nothing. */
  private static String text(Element project, String path) {
    Node at = project;
    for (String name : path.split("/", -1)) {
      Node child = at.getFirstChild();
      while (child != null && !name.equals(child.getNodeName())) {
        child = child.getNextSibling();
      }
      if (child == null) {
        return "";
      }
      at = child;
    }
    return at.getTextContent().strip();
  }
}
