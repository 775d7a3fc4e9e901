package org.saddlemap.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlasRuntimeTest {
  @Test
  void runsWithTheThreadsAskedFor() {
    assertThat(BlasRuntime.start(2).threads()).isEqualTo(2);
    assertThat(BlasRuntime.start().threads()).isEqualTo(1);
    assertThat(BlasRuntime.start().text()).startsWith("OpenBLAS 0.");
    assertThatThrownBy(() -> BlasRuntime.start(0)).hasMessage("Invalid threads: 0 < 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Prescott", "Core2", "Generic", "Nehalem"})
  void aGenericKernelIsNoticedAndTheRemedyNamed(String kernel) {
    BlasRuntime runtime = new BlasRuntime("OpenBLAS 0.3.19", kernel, 1);
    assertThat(runtime.warning().orElseThrow())
        .contains(kernel, "OpenBLAS 0.3.19", "OPENBLAS_CORETYPE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Haswell", "Zen", "SkylakeX", "Cooperlake", "neoversen1"})
  void anOptimizedKernelIsNot(String kernel) {
    assertThat(new BlasRuntime("OpenBLAS 0.3.31", kernel, 1).warning()).isEmpty();
  }
}
