package io.dialogbert.respond.job;

import io.dialogbert.common.BadInputException;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.index.IndexTables;
import io.dialogbert.finetune.objective.ReplyScoreObjective;
import io.dialogbert.finetune.objective.ScoreObjective;
import io.dialogbert.finetune.objective.SentenceVectorObjective;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.head.Head;
import io.dialogbert.respond.BatchedModel;
import io.dialogbert.respond.Comparison;
import io.dialogbert.respond.Context;
import io.dialogbert.respond.Deadline;
import io.dialogbert.respond.IndexedTexts;
import io.dialogbert.respond.PairScorer;
import io.dialogbert.respond.ReactionSuggester;
import io.dialogbert.respond.Responder;
import io.dialogbert.respond.Responder.Task;
import io.dialogbert.respond.SearchSuggester;
import io.dialogbert.respond.Source;
import io.dialogbert.respond.TextModel;
import io.dialogbert.respond.TooSlowException;
import io.dialogbert.task.ClassRanking;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/** Loads a responder. A checkpoint that serves two purposes is loaded once. */
final class ResponderLoader {
  /** Has letters that no morpheme dictionary may skip. */
  private static final String WARM_UP = "안녕 今日は";

  private static final Duration WARM_UP_TIME = Duration.ofHours(1);

  private final JobContext job;
  private final ResponderSettings settings;
  private final IntConsumer batchSizes;
  private final Map<String, Loaded> models = new HashMap<>();
  private final List<Responder.Resource> resources = new ArrayList<>();

  /** A checkpoint's model, and the head whose outputs it gives. */
  private record Loaded(TextModel model, String head) {}

  /**
   * A loader.
   *
   * @param job whose inputs are those of {@link ResponderSettings#lineage}
   * @param batchSizes told the number of sequences of each batch
   */
  ResponderLoader(JobContext job, ResponderSettings settings, IntConsumer batchSizes) {
    this.job = job;
    this.settings = settings;
    this.batchSizes = batchSizes;
  }

  /**
   * Loads everything.
   *
   * @throws BadInputException if a checkpoint does not do what it is given for, or the index was
   *     built with another one
   */
  Responder load() throws IOException {
    Map<Source, Task> tasks = new EnumMap<>(Source.class);
    tasks.put(Source.PAIR, pairs());
    tasks.put(Source.REPLY, replies());
    tasks.put(Source.REACTION, reactions());
    Responder responder = new Responder(tasks, resources);
    warmUp(responder);
    return responder;
  }

  /** The first answer in a language takes seconds: it loads dictionaries. */
  private static void warmUp(Responder responder) {
    try {
      for (String lang : Context.LANGUAGES) {
        responder.respond(new Context(lang, List.of(WARM_UP)), Deadline.in(WARM_UP_TIME));
      }
    } catch (TooSlowException e) {
      throw new IllegalStateException(e);
    }
  }

  private Task pairs() throws IOException {
    Optional<String> missing =
        missing(settings.similarity(), IndexTables.SIMILARITY, IndexTables.PAIRS);
    if (missing.isPresent()) {
      return Task.leftOut(missing.get());
    }
    TextModel similarity = vectors(IndexTables.SIMILARITY, settings.similarity().get());
    Optional<PairScorer> pair = Optional.empty();
    if (settings.pair().isPresent()) {
      pair = Optional.of(pairScorer(settings.pair().get()));
    }
    return Task.of(
        new SearchSuggester(
            Comparison.QUERIES,
            similarity,
            pair,
            texts(IndexTables.PAIRS),
            settings.numCandidates(),
            settings.numSuggestions()),
        settings.thresholds().pair());
  }

  /** A network for pairs in one sequence, with scores or classes. */
  private PairScorer pairScorer(String checkpoint) throws IOException {
    TaskSpec.Kind kind = Tasks.load(job, checkpoint).kind();
    TextModel model =
        model(
            ResponderSettings.PAIR,
            checkpoint,
            kind == TaskSpec.Kind.PAIR_CLASSES ? Head.CLASSIFIER : ScoreObjective.HEAD,
            "read pairs in one sequence; fine-tune pairs with method = cross");
    if (kind != TaskSpec.Kind.PAIR_CLASSES) {
      return PairScorer.ofScores(model);
    }
    List<String> classes = model.spec().classes().stream().map(TaskSpec.ClassName::name).toList();
    if (!classes.contains(settings.pairClass())) {
      throw new BadInputException(
          checkpoint + " must have the class pair-class, has " + classes.size() + " others");
    }
    return PairScorer.ofClass(model, classes.indexOf(settings.pairClass()));
  }

  private Task replies() throws IOException {
    Optional<String> missing = missing(settings.reply(), IndexTables.REPLY, IndexTables.REPLIES);
    if (missing.isPresent()) {
      return Task.leftOut(missing.get());
    }
    TextModel reply = vectors(IndexTables.REPLY, settings.reply().get());
    Optional<PairScorer> pair = Optional.empty();
    if (settings.replyPair().isPresent()) {
      pair =
          Optional.of(
              PairScorer.ofFits(
                  model(
                      ResponderSettings.REPLY_PAIR,
                      settings.replyPair().get(),
                      ReplyScoreObjective.HEAD,
                      "read context and reply in one sequence; fine-tune replies with method ="
                          + " cross")));
    }
    return Task.of(
        new SearchSuggester(
            Comparison.REPLIES,
            reply,
            pair,
            texts(IndexTables.REPLIES),
            settings.numCandidates(),
            settings.numSuggestions()),
        settings.thresholds().reply());
  }

  private Task reactions() throws IOException {
    if (settings.reactions().isEmpty()) {
      return Task.leftOut("no checkpoint is given: reactions");
    }
    TextModel model =
        model(
            ResponderSettings.REACTIONS,
            settings.reactions().get(),
            Head.CLASSIFIER,
            "classify; fine-tune it on task data of source = reactions");
    if (model.spec().kind() != TaskSpec.Kind.REACTIONS) {
      throw new BadInputException(
          settings.reactions().get()
              + " must have learned reactions, not "
              + Tasks.describe(model.spec()));
    }
    return Task.of(
        new ReactionSuggester(
            model,
            ClassRanking.of(model.spec(), settings.priorExponent(), settings.reactions().get()),
            settings.numSuggestions()),
        settings.thresholds().reaction());
  }

  /** Why a task that searches a table cannot be tried. */
  private Optional<String> missing(Optional<String> checkpoint, String name, String table) {
    if (checkpoint.isEmpty()) {
      return Optional.of("no checkpoint is given: " + name);
    }
    if (settings.index().isEmpty()) {
      return Optional.of("no index is given");
    }
    return job.input(ResponderSettings.INDEX).rows(table) == 0
        ? Optional.of("the index has no " + table)
        : Optional.empty();
  }

  /** The model whose vectors the index holds. */
  private TextModel vectors(String name, String checkpoint) throws IOException {
    String given = job.input(name).fingerprint();
    String built =
        job.input(ResponderSettings.INDEX).inputs().stream()
            .filter(input -> input.name().equals(name))
            .map(Manifest.Input::fingerprint)
            .findFirst()
            .orElse("");
    if (!given.equals(built)) {
      throw new BadInputException(
          "index "
              + settings.index().get()
              + " was built with another "
              + name
              + " than "
              + checkpoint
              + "; give the one that it was built with, or build it anew");
    }
    return model(
        name,
        checkpoint,
        SentenceVectorObjective.HEAD,
        "make sentence vectors; fine-tune with method = vectors");
  }

  private TextModel model(String name, String checkpoint, String head, String mustDo)
      throws IOException {
    Loaded loaded = models.get(checkpoint);
    if (loaded == null) {
      loaded = load(checkpoint);
      models.put(checkpoint, loaded);
    }
    if (!loaded.head().equals(head)) {
      throw new BadInputException(
          name + " = " + checkpoint + " must " + mustDo + "; it has a " + loaded.head());
    }
    return loaded.model();
  }

  private Loaded load(String checkpoint) throws IOException {
    TaskSpec spec = Tasks.load(job, checkpoint);
    Checkpoint read = Checkpoint.load(job.directories(), checkpoint);
    String head = Graphs.model(read.graph()).heads().get(0).name();
    BatchedModel model =
        new BatchedModel(InferenceModel.of(read.graph(), settings.precision()), head, batchSizes);
    resources.add(model::close);
    return new Loaded(new TextModel(spec, read.tokenizer().tokenizer(), model), head);
  }

  private Map<String, IndexedTexts> texts(String table) throws IOException {
    return new IndexReader(job, settings.index().get(), table, resources::add).read();
  }
}
