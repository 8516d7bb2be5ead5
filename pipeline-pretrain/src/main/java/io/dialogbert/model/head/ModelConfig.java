package io.dialogbert.model.head;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.Target;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A network: an encoder, any number of heads on it, and what they learn from.
 *
 * @param encoder sizes of the encoder
 * @param heads in the order of their parameters
 * @param losses in the order in which they are added up
 */
public record ModelConfig(EncoderConfig encoder, List<Head> heads, List<Loss> losses) {

  /**
   * Checks that names are unique, that each loss has a head that it fits, and that no head's losses
   * read different rows of it.
   *
   * @throws IllegalArgumentException if not; names the head or the loss
   */
  public ModelConfig {
    heads = List.copyOf(heads);
    losses = List.copyOf(losses);
    Set<String> names = new HashSet<>();
    for (Head head : heads) {
      head.requireFits(encoder);
      if (!names.add(head.name())) {
        throw new IllegalArgumentException("two heads are named " + head.name());
      }
    }
    for (ParameterLayout.Parameter parameter : ParameterLayout.of(encoder, Map.of()).parameters()) {
      if (heads.stream().anyMatch(head -> head.owns(parameter.name()))) {
        throw new IllegalArgumentException(
            "a head must not have the name of a part of the encoder: " + parameter.name());
      }
    }
    for (Head head : heads) {
      if (heads.stream().anyMatch(other -> head.owns(other.name()))) {
        throw new IllegalArgumentException(
            "another head's name must not begin with \"" + head.name() + ".\"");
      }
    }
    Set<String> figures = new HashSet<>();
    for (Loss loss : losses) {
      loss.requireFits(head(heads, loss.head()), encoder);
      if (!figures.add(loss.lossName())) {
        throw new IllegalArgumentException("two losses are named " + loss.lossName());
      }
      if (loss instanceof SpanLoss
          && of(losses, loss.head()).anyMatch(ClassLoss.class::isInstance)) {
        throw new IllegalArgumentException(
            "head "
                + loss.head()
                + " cannot learn both spans, of all tokens, and classes, of some tokens");
      }
    }
  }

  private static Stream<Loss> of(List<Loss> losses, String head) {
    return losses.stream().filter(loss -> loss.head().equals(head));
  }

  private static Head head(List<Head> heads, String name) {
    return heads.stream()
        .filter(head -> head.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no head is named "
                        + name
                        + " among "
                        + heads.stream().map(Head::name).toList()));
  }

  /**
   * The head with a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Head head(String name) {
    return head(heads, name);
  }

  /** The head with a name, if there is one. */
  public Optional<Head> findHead(String name) {
    return heads.stream().filter(head -> head.name().equals(name)).findFirst();
  }

  /**
   * Checks a batch's targets: one that nothing reads would be lost silently.
   *
   * @throws BadInputException if it has a target that no loss reads, or that does not fit the head
   */
  void requireFits(PackedBatch batch) {
    batch
        .targets()
        .forEach((head, targets) -> targets.forEach(target -> requireRead(head, target, batch)));
    for (Loss loss : losses) {
      if (loss.target(batch).isPresent()) {
        loss.requireFits(batch, head(loss.head()), encoder);
      }
    }
  }

  private void requireRead(String head, Target target, PackedBatch batch) {
    String what = "the batch has " + target.getClass().getSimpleName() + " for head " + head;
    if (findHead(head).isEmpty()) {
      throw new BadInputException(
          what + ", but the network's heads are " + heads.stream().map(Head::name).toList());
    }
    if (of(losses, head).noneMatch(loss -> loss.target(batch).equals(Optional.of(target)))) {
      throw new BadInputException(
          what
              + ", but of its losses none reads them: "
              + of(losses, head).map(Loss::lossName).toList());
    }
  }

  /** Whether a parameter belongs to a head. */
  public boolean isOfHead(String parameter) {
    return heads.stream().anyMatch(head -> head.owns(parameter));
  }

  /** Names the parts of the network's parameter vector. */
  public ParameterLayout layout() {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    heads.forEach(head -> shapes.putAll(head.shapes(encoder)));
    return ParameterLayout.of(encoder, shapes);
  }

  /**
   * The training loss in a step.
   *
   * @param step counted from 0
   */
  public double loss(Losses losses, long step) {
    return this.losses.stream()
        .mapToDouble(loss -> loss.weight().at(step) * loss.value(losses))
        .sum();
  }

  /**
   * The parameters that a training step on a batch gives no gradient, because there is nothing that
   * they could learn from. A gradient that happens to be 0 counts as one.
   *
   * @param step counted from 0; a loss of weight 0 teaches nothing
   */
  public List<ParameterLayout.Parameter> idle(PackedBatch batch, long step) {
    List<Head> learning =
        heads.stream()
            .filter(
                head ->
                    of(losses, head.name())
                        .anyMatch(
                            loss ->
                                loss.target(batch).isPresent()
                                    && loss.count(batch) > 0
                                    && loss.weight().at(step) > 0))
            .toList();
    boolean pooled = learning.stream().anyMatch(head -> head.pooling() == Head.Pooling.FIRST);
    return layout().parameters().stream()
        .filter(
            parameter -> {
              Optional<Head> owner =
                  heads.stream().filter(head -> head.owns(parameter.name())).findFirst();
              return owner.isPresent()
                  ? !learning.contains(owner.get())
                  : learning.isEmpty() || (parameter.name().startsWith("pooler.") && !pooled);
            })
        .toList();
  }
}
