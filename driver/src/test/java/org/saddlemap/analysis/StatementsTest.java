package org.saddlemap.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatementsTest {
  @Test
  void semicolonsCutOnlyOutsideOfQuotesAndComments() {
    assertThat(Statements.split("select 1; select 2 ;\n"))
        .isEqualTo(new Statements(List.of("select 1", "select 2"), ""));
    assertThat(Statements.split("select ';', \";\", `a;b`; rest"))
        .isEqualTo(new Statements(List.of("select ';', \";\", `a;b`"), "rest"));
    assertThat(Statements.split("select 'it''s; one'; x").complete())
        .containsExactly("select 'it''s; one'");
    assertThat(Statements.split("select 'it\\'s; one'; x").complete())
        .containsExactly("select 'it\\'s; one'");
    assertThat(Statements.split("select 1 -- a; b\n+ 1; /* c; /* d; */ e; */ select 2").all())
        .containsExactly("select 1 -- a; b\n+ 1", "/* c; /* d; */ e; */ select 2");
  }

  @Test
  void nothingIsNoStatement() {
    assertThat(Statements.split("").all()).isEmpty();
    assertThat(Statements.split(" ;; \n-- only this\n; /* and this */").all()).isEmpty();
  }

  @Test
  void whatIsNotEndedIsTheRest() {
    assertThat(Statements.split("select 'a; b").rest()).isEqualTo("select 'a; b");
    assertThat(Statements.split("select /* a; b").rest()).isEqualTo("select /* a; b");
    assertThat(Statements.split("select 'a\\").rest()).isEqualTo("select 'a\\");
  }
}
