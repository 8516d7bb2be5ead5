package io.dialogbert.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.report.ReportTable.Chart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StatisticsTableTest {
  private static final Pattern CODE = Pattern.compile("`([^`]*)`");

  /** Tables that differ in the name of a column share a row: {@code `messages` or `turns`}. */
  @Test
  void documentedTablesAndColumnsAreThoseThatAreWritten() {
    Map<List<String>, List<String>> documented = new LinkedHashMap<>();
    for (String line : section("Statistics")) {
      if (line.startsWith("| `")) {
        String[] cells = line.split("\\|", -1);
        documented.put(code(cells[1]), code(withoutNotes(cells[2])));
      }
    }
    assertThat(documented.keySet().stream().flatMap(Collection::stream))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(StatisticsTable.values()).map(StatisticsTable::directory).toList());
    documented.forEach(
        (tables, columns) ->
            assertThat(columns)
                .as(String.join(", ", tables))
                .containsExactlyElementsOf(columnsOf(tables)));
  }

  @ParameterizedTest
  @EnumSource
  void orderAndChartNameColumns(StatisticsTable table) {
    assertThat(table.columnNames()).doesNotHaveDuplicates().containsAll(table.order());
    table
        .display()
        .flatMap(StatisticsTable.Display::chart)
        .ifPresent(chart -> assertThat(table.columnNames()).containsAll(columns(chart)));
  }

  private static List<String> columns(Chart chart) {
    List<String> columns = new ArrayList<>(chart.valueColumns());
    columns.add(chart.labelColumn());
    chart.seriesColumn().ifPresent(columns::add);
    return columns;
  }

  /** The columns of each place, each once. */
  private static Collection<String> columnsOf(List<String> tables) {
    List<List<String>> all =
        tables.stream()
            .map(table -> StatisticsTable.of(table).orElseThrow().columnNames())
            .toList();
    Collection<String> columns = new LinkedHashSet<>();
    for (int place = 0; place < all.get(0).size(); place++) {
      for (List<String> names : all) {
        columns.add(names.get(place));
      }
    }
    return columns;
  }

  /** Without what is in parentheses, and what follows the list of columns. */
  private static String withoutNotes(String cell) {
    return cell.replaceAll("\\([^)]*\\)", "").split("[:;]", 2)[0];
  }

  private static List<String> code(String cell) {
    return CODE.matcher(cell).results().map((MatchResult found) -> found.group(1)).toList();
  }

  /** The lines of a section, in whichever of the module's documents it stands. */
  private static List<String> section(String heading) {
    for (Path document : documents()) {
      List<String> section = new ArrayList<>();
      boolean inside = false;
      for (String line : lines(document)) {
        if (line.startsWith("#")) {
          inside = line.replaceFirst("^#+ ", "").equals(heading);
        } else if (inside) {
          section.add(line);
        }
      }
      if (!section.isEmpty()) {
        return section;
      }
    }
    throw new AssertionError("no document of " + documents() + " has a section " + heading);
  }

  private static List<Path> documents() {
    try (Stream<Path> files = Files.find(Path.of(""), 2, (file, any) -> isDocument(file))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isDocument(Path file) {
    return file.equals(Path.of("README.md"))
        || (file.startsWith("docs") && file.toString().endsWith(".md"));
  }

  private static List<String> lines(Path document) {
    try {
      return Files.readAllLines(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
