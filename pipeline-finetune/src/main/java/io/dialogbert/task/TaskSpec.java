package io.dialogbert.task;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.common.BadInputException;
import io.dialogbert.task.tag.BioTags;
import java.io.Serializable;
import java.util.List;

/**
 * What a task asks, and how its texts are laid out. Written as {@value #FILE_NAME} into task data,
 * and into the checkpoints of models that learned from it.
 *
 * @param name what the classes or scores are, such as {@code reactions}
 * @param classes in the order of their ids; empty for a task without classes
 * @param scores range of the scores; both ends 0 for a task without scores
 * @param classCounts training examples of each class; empty if unknown, as in files of older
 *     versions and where an example has no class
 */
public record TaskSpec(
    @JsonProperty("name") String name,
    @JsonProperty("kind") Kind kind,
    @JsonProperty("layout") Layout layout,
    @JsonProperty("classes") List<ClassName> classes,
    @JsonProperty("scores") Range scores,
    @JsonProperty("class_counts") List<Long> classCounts)
    implements Serializable {
  public static final String FILE_NAME = "task.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Kinds of tasks. */
  public enum Kind {
    /** A context and the class of its reply. */
    REACTIONS,
    /** A text and its class. */
    TEXT_CLASSES,
    /** Two texts and the class of the pair. */
    PAIR_CLASSES,
    /** Two texts and how similar they are. */
    PAIR_SCORES,
    /** Two texts that mean the same. */
    PARAPHRASES,
    /** A context and its reply. */
    REPLIES,
    /** A text and the entities in it, whose types are the classes. */
    TAGS;

    /** Whether an example has two texts. */
    public boolean isPair() {
      return this != REACTIONS && this != TEXT_CLASSES && this != TAGS;
    }

    /** Whether the first text is the turns before a reply. */
    public boolean hasContext() {
      return this == REACTIONS || this == REPLIES;
    }

    /** Whether an example must have one class. */
    public boolean hasClasses() {
      return this == REACTIONS || this == TEXT_CLASSES || this == PAIR_CLASSES;
    }
  }

  /**
   * A class.
   *
   * @param lang its language; empty if it has none
   */
  public record ClassName(@JsonProperty("lang") String lang, @JsonProperty("name") String name)
      implements Serializable {
    @JsonCreator
    public ClassName {}
  }

  /** Least and greatest score. */
  public record Range(@JsonProperty("low") double low, @JsonProperty("high") double high)
      implements Serializable {
    public static final Range NONE = new Range(0, 0);

    @JsonCreator
    public Range {}
  }

  @JsonCreator
  public TaskSpec {
    classes = List.copyOf(classes);
    classCounts = classCounts == null ? List.of() : List.copyOf(classCounts);
    if (kind.hasClasses() && classes.size() < 2) {
      throw new IllegalArgumentException(
          "task " + name + " needs at least 2 classes, has " + classes.size());
    }
    if (kind == Kind.TAGS && classes.isEmpty()) {
      throw new IllegalArgumentException("task " + name + " needs at least 1 type of entities");
    }
    if (!classCounts.isEmpty() && classCounts.size() != classes.size()) {
      throw new IllegalArgumentException(
          "task %s counts %d of %d classes".formatted(name, classCounts.size(), classes.size()));
    }
    if (kind == Kind.PAIR_SCORES && !(scores.low() < scores.high())) {
      throw new IllegalArgumentException(
          "task " + name + " needs a range of scores, has " + scores);
    }
  }

  /** A task whose classes are not counted. */
  public TaskSpec(String name, Kind kind, Layout layout, List<ClassName> classes, Range scores) {
    this(name, kind, layout, classes, scores, List.of());
  }

  /** The same task with texts laid out otherwise. */
  public TaskSpec withLayout(Layout other) {
    return new TaskSpec(name, kind, other, classes, scores, classCounts);
  }

  /** The same task, its classes counted. */
  public TaskSpec withClassCounts(List<Long> counts) {
    return new TaskSpec(name, kind, layout, classes, scores, counts);
  }

  /** What a classifier's outputs stand for: the classes or, of entities, the tags. */
  public List<String> outputs() {
    List<String> names = classes.stream().map(ClassName::name).toList();
    return kind == Kind.TAGS ? BioTags.names(names) : names;
  }

  /** The contents of {@value #FILE_NAME}. */
  public String toJson() {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads the contents of {@value #FILE_NAME}.
   *
   * @param file its name, for the message
   * @throws BadInputException if they are no task; names the file
   */
  public static TaskSpec fromJson(String json, String file) {
    try {
      return JSON.readValue(json, TaskSpec.class);
    } catch (JsonProcessingException e) {
      // Without the cause: its message may contain class names.
      throw new BadInputException(file + " is no description of a task; build the task data anew");
    }
  }
}
