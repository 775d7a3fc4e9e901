package org.saddlemap.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The manifests in {@code kubernetes/}, held against the objects that Kubernetes knows: fabric8's
 * are made from its published schema. Of the operator's, which is in none of its modules, the part
 * that is used here stands below.
 */
class ManifestsTest {
  private static final Path FOLDER = Path.of("..", "kubernetes");

  /** Takes no key that its type does not have, where fabric8 keeps those for later. */
  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1;

                @Override
                public Boolean hasAnySetter(Annotated a) {
                  return false;
                }
              })
          .build();

  private static final Map<String, Class<?>> KINDS =
      Map.of(
          "v1 PersistentVolumeClaim", PersistentVolumeClaim.class,
          "v1 ServiceAccount", ServiceAccount.class,
          "batch/v1 Job", Job.class,
          "rbac.authorization.k8s.io/v1 Role", Role.class,
          "rbac.authorization.k8s.io/v1 RoleBinding", RoleBinding.class,
          "sparkoperator.k8s.io/v1beta2 SparkApplication", SparkApplication.class);

  /**
   * What the manifest uses of the operator's schema, api/v1beta2/sparkapplication_types.go of
   * kubeflow/spark-operator, with its types and enumerations.
   */
  record SparkApplication(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {
    enum Type {
      Java,
      Python,
      Scala,
      R
    }

    enum Mode {
      cluster,
      client
    }

    record Spec(
        Type type,
        Mode mode,
        String sparkVersion,
        String image,
        String mainClass,
        String mainApplicationFile,
        List<String> arguments,
        RestartPolicy restartPolicy,
        Driver driver,
        Executor executor) {}

    enum Restart {
      Never,
      OnFailure,
      Always
    }

    record RestartPolicy(Restart type, Integer onFailureRetries, Long onFailureRetryInterval) {}

    record Driver(Integer cores, String memory, String serviceAccount) {}

    record Executor(Integer instances, Integer cores, String memory, String memoryOverhead) {}
  }

  private static List<Object> objects() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(FOLDER)) {
      files = all.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
    }
    List<Object> objects = new ArrayList<>();
    for (Path file : files) {
      for (Object document : documents(file)) {
        objects.add(read((Map<?, ?>) document));
      }
    }
    return objects;
  }

  private static Iterable<Object> documents(Path file) throws IOException {
    return new Load(LoadSettings.builder().setLabel(file.toString()).build())
        .loadAllFromString(Files.readString(file));
  }

  private static Object read(Map<?, ?> document) {
    String kind = document.get("apiVersion") + " " + document.get("kind");
    assertThat(KINDS).containsKey(kind);
    return STRICT.convertValue(document, KINDS.get(kind));
  }

  private static <T> T only(Class<T> type) throws IOException {
    List<T> found = objects().stream().filter(type::isInstance).map(type::cast).toList();
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  @Test
  void everyKeyIsOneOfItsSchema() throws IOException {
    Set<Class<?>> kinds = new HashSet<>();
    objects().forEach(o -> kinds.add(o.getClass()));
    assertThat(kinds).containsExactlyInAnyOrderElementsOf(KINDS.values());
  }

  @Test
  void aKeyThatIsNoneIsSeen() throws IOException {
    for (Object document : documents(FOLDER.resolve("job.yaml"))) {
      if (document instanceof Map<?, ?> map && map.get("kind").equals("Job")) {
        @SuppressWarnings("unchecked")
        Map<String, Object> spec = (Map<String, Object>) map.get("spec");
        spec.put("backOffLimit", 3);
        assertThatThrownBy(() -> read(map)).hasMessageContaining("backOffLimit");
      }
    }
  }

  @Test
  void jobNeedsNoRightsAndNoRootThatCanBeWritten() throws IOException {
    var pod = only(Job.class).getSpec().getTemplate().getSpec();
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    var container = pod.getContainers().get(0);
    assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    // What the image's user, folder and volume are called.
    assertThat(Files.readString(Path.of("..", "Dockerfile")))
        .contains("USER " + pod.getSecurityContext().getRunAsUser() + ":")
        .contains("VOLUME " + container.getVolumeMounts().get(0).getMountPath() + "\n");
    assertThat(pod.getVolumes().get(0).getPersistentVolumeClaim().getClaimName())
        .isEqualTo(only(PersistentVolumeClaim.class).getMetadata().getName());
    assertThat(container.getResources().getRequests().get("memory")).isEqualTo(new Quantity("4Gi"));
  }

  @Test
  void applicationNamesWhatIsThere() throws Exception {
    SparkApplication.Spec spec = only(SparkApplication.class).spec();
    assertThat(Class.forName(spec.mainClass(), false, getClass().getClassLoader())).isNotNull();
    assertThat(spec.driver().serviceAccount())
        .isEqualTo(only(ServiceAccount.class).getMetadata().getName());
    assertThat(Files.readString(Path.of("..", "pom.xml")))
        .contains("<spark.version>" + spec.sparkVersion() + "</spark.version>");
    // The operator's schema wants these, and driver and version, which are above.
    assertThat(spec.type()).isEqualTo(SparkApplication.Type.Java);
    assertThat(spec.executor()).isNotNull();
    assertThat(spec.restartPolicy().onFailureRetryInterval()).isPositive();
    assertThat(spec.mainApplicationFile()).endsWith("-app-linux-x86_64.jar");
  }
}
