package dev.burgage.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasureTest {
  @Test
  void aStatLineIsReadThoughItsCommandHasSpacesAndParentheses() {
    ProcStat stat =
        ProcStat.parse(
            "4321 (tmux: (server) x) S 17 4321 4321 0 -1 4194560 9 0 0 0 120 34 5 6 20 0 1 0 99");
    assertThat(stat).isEqualTo(new ProcStat(4321, "tmux: (server) x", 17, 154));
  }

  @Test
  void whatIsNoStatLineIsRefused() {
    assertThatThrownBy(() -> ProcStat.parse("4321 S 17"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("/proc/<pid>/stat");
  }

  @Test
  void aTreeHasChildrenOfChildrenAndNoStrangers() {
    Map<Long, ProcStat> all =
        Map.of(
            1L, new ProcStat(1, "init", 0, 0),
            10L, new ProcStat(10, "bash", 1, 0),
            11L, new ProcStat(11, "java", 10, 0),
            12L, new ProcStat(12, "postgres", 11, 0),
            20L, new ProcStat(20, "other", 1, 0));
    assertThat(ProcessTree.withDescendants(all, List.of(10L, 99L))).containsExactly(10L, 11L, 12L);
  }

  @Test
  void anotherProgramGetsTheFlagsOfAJvmButNotWhatThatHasLearnt() {
    String commandLine =
        String.join(
            "\0",
            "java",
            "-XX:Flags=jvm.flags",
            "-XX:AOTCache=node.aot",
            "-Xmx1g",
            "-jar",
            "x.jar");
    assertThat(ProcessTree.jvmFlags(commandLine)).containsExactly("-XX:Flags=jvm.flags", "-Xmx1g");
  }

  @Test
  void memoryIsReadFromSmapsRollup() {
    Memory memory =
        Memory.parse(
            """
            55d0c0000000-7ffd00000000 ---p 00000000 00:00 0    [rollup]
            Rss:              123456 kB
            Pss:               98765 kB
            Pss_Dirty:         11111 kB
            """);
    assertThat(memory).isEqualTo(new Memory(123_456, 98_765));
    assertThat(memory.plus(memory)).isEqualTo(new Memory(246_912, 197_530));
  }

  @Test
  void heapIsReadFromEachCollectorsText() {
    String g1 =
        """
        garbage-first heap   total reserved 262144K, committed 262144K, used 12322K [0x0)
         region size 1024K, 10 young (10240K), 2 survivors (2048K)
         Metaspace       used 777K, committed 1024K, reserved 65536K
        """;
    String serial =
        """
        DefNew     total 78656K, used 28023K [0x0, 0x1, 0x1)
         eden space 69952K,  40% used [0x0, 0x1, 0x1)
        Tenured    total 174784K, used 1166K [0x0, 0x1, 0x1)
        """;
    assertThat(JvmHeap.parse(g1)).isEqualTo(12_322);
    assertThat(JvmHeap.parse(serial)).isEqualTo(28_023 + 1_166);
  }

  @Test
  void anUnknownCollectorsTextIsRefused() {
    assertThatThrownBy(() -> JvmHeap.parse(" ZHeap           used 12M, capacity 256M"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void busyTimeLeavesIdleWaitingAndGuestsOut() {
    assertThat(MachineCpu.parseBusyTicks("cpu  100 20 30 4000 500 6 7 8 90 10\ncpu0 1 1 1 1"))
        .isEqualTo(100 + 20 + 30 + 6 + 7 + 8);
  }

  @Test
  void ownCpuTimeGrowsWithWork() {
    var own = new ProcessTree(List.of(ProcessHandle.current().pid()));
    double before = own.cpuMicros();
    double sum = 0;
    // More work than the clock's grain of 10 ms, by its own measure. Other threads of this JVM may
    // have used as much before the first look.
    do {
      sum += Math.sqrt(sum + 1);
    } while (own.cpuMicros() - before < 20_000);
    assertThat(sum).isPositive();
    assertThat(own.memory().pssKib()).isPositive();
    assertThat(own.jvm()).isPresent();
  }
}
