package io.dialogbert.distill.teacher;

import io.dialogbert.common.BadInputException;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.objective.ReplyScoreObjective;
import io.dialogbert.finetune.objective.ScoreObjective;
import io.dialogbert.finetune.objective.SentenceVectorObjective;
import io.dialogbert.frame.JobContext;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.head.ClassSet;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;

/**
 * What a network of a task is asked of an example: its logits, its score, or the vectors of both
 * texts. Letters: C classes, H width of a vector.
 *
 * @param data the job's name for the task data
 * @param head of the network
 * @param numOutputs of the head for a sequence: C, 1, or H
 */
public record Question(String data, TaskSpec spec, String head, int numOutputs)
    implements Serializable {
  /**
   * What the network in an input directory is asked.
   *
   * @param input the job's name for the directory
   * @param data the job's name for the task data
   * @param spec the task of the data
   * @throws BadInputException if it learned another task, or with another tokenizer; names both
   */
  public static Question of(JobContext job, String input, String data, TaskSpec spec)
      throws IOException {
    String network = job.inputPath(input);
    String examples = job.inputPath(data);
    Tokenizers.requireIdsOf(
        job.directories(), examples, Checkpoint.loadTokenizer(job.directories(), network));
    ModelConfig model = Graphs.model(Checkpoint.loadNetworkJson(job.directories(), network));
    Head head = model.heads().get(0);
    if (head.name().equals(ReplyScoreObjective.HEAD)) {
      throw new BadInputException(
          network
              + " reads contexts with their replies, and its scores mean something among the"
              + " candidates of one context alone; such a network cannot teach");
    }
    if (spec.kind().hasClasses()) {
      requireSame(network, model, examples, Tasks.classSet(spec));
    } else {
      requireKind(network, Tasks.load(job, network), examples, spec);
    }
    int longest = spec.layout().maxSequenceLength();
    if (longest > model.encoder().maxPositionEmbeddings()) {
      throw new BadInputException(
          "%s has sequences of up to %d tokens, %s has only %d positions"
              .formatted(examples, longest, network, model.encoder().maxPositionEmbeddings()));
    }
    return new Question(data, spec, head.name(), head.numOutputs(model.encoder()));
  }

  /**
   * What answers of {@code teach} answer.
   *
   * @param input the job's name for the directory
   * @param data the job's name for the task data
   * @param spec the task of the data
   * @throws BadInputException if the directory has no answers, or answers of another task
   */
  static Question ofAnswers(JobContext job, String input, String data, TaskSpec spec)
      throws IOException {
    String answers = job.inputPath(input);
    requireKind(answers, Tasks.load(job, answers), job.inputPath(data), spec);
    String head =
        switch (AnswerTable.of(job, input).kind()) {
          case LOGITS -> Head.CLASSIFIER;
          case SCORE -> ScoreObjective.HEAD;
          case VECTORS -> SentenceVectorObjective.HEAD;
        };
    return new Question(data, spec, head, Math.toIntExact(TeachJob.numOutputs(job.input(input))));
  }

  private static void requireSame(
      String network, ModelConfig model, String data, ClassSet classes) {
    ClassSet known =
        model
            .findHead(Head.CLASSIFIER)
            .map(Head::outputs)
            .orElseThrow(() -> new BadInputException(network + " has no classifier"));
    if (!classes.isSame(known)) {
      throw new BadInputException(
          "teacher and task data must have the same classes: "
              + network
              + " was fine-tuned on "
              + known
              + ", "
              + data
              + " has "
              + classes
              + "; give the task data of the teacher, or fine-tune the teacher on this one");
    }
  }

  /**
   * Checks that what learned or answered a task did so for that of the data. Names of tasks without
   * classes say nothing: a network of similarity may teach on any pairs.
   */
  static void requireKind(String who, TaskSpec learned, String data, TaskSpec spec) {
    boolean isSame =
        learned.kind() == spec.kind()
            && (!spec.kind().hasClasses() || Tasks.classSet(learned).isSame(Tasks.classSet(spec)));
    if (!isSame) {
      throw new BadInputException(
          who
              + " is of "
              + Tasks.describe(learned)
              + ", "
              + data
              + " has "
              + Tasks.describe(spec)
              + "; give both of one task");
    }
  }

  /** The kind of the answers. */
  AnswerTable.Kind kind() {
    return switch (head) {
      case Head.CLASSIFIER -> AnswerTable.Kind.LOGITS;
      case ScoreObjective.HEAD -> AnswerTable.Kind.SCORE;
      default -> AnswerTable.Kind.VECTORS;
    };
  }

  /**
   * Checks that another teacher answers the same question.
   *
   * @param other who it is
   * @param own whose question this is
   * @throws BadInputException if its answers are of another kind or number; names both
   */
  void requireAnsweredBy(String other, AnswerTable.Kind kind, long number, String own) {
    if (kind != kind() || number != numOutputs) {
      throw new BadInputException(
          "%s answers by %s, %d numbers each; %s answers by %s, %d numbers each"
              .formatted(other, kind, number, own, kind(), numOutputs));
    }
  }

  /**
   * The answers to examples.
   *
   * @return for each example its logits [C], its score where the task's range is 0 to 1 [1], or the
   *     vectors of its first and its second text [2H]
   */
  public float[][] ask(InferenceModel model, List<TaskExample> examples) {
    if (!head.equals(SentenceVectorObjective.HEAD)) {
      return model.predict(Tasks.pack(spec, examples), head);
    }
    float[][] vectors = model.predict(Tasks.packApart(spec, examples), head);
    float[][] pairs = new float[examples.size()][];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = AnswerTable.join(vectors[2 * i], vectors[2 * i + 1]);
    }
    return pairs;
  }
}
