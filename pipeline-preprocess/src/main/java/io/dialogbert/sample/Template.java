package io.dialogbert.sample;

import java.util.List;

/** A piece of text with open slots. Immutable, so one tree serves every conversation. */
sealed interface Template {
  /** Appends the text as the scene's current speaker would write it. */
  void render(Scene scene, StringBuilder out);

  /** Fixed text. */
  record Text(String text) implements Template {
    @Override
    public void render(Scene scene, StringBuilder out) {
      out.append(text);
    }
  }

  /** Parts in sequence. */
  record Sequence(List<Template> parts) implements Template {
    @Override
    public void render(Scene scene, StringBuilder out) {
      for (Template part : parts) {
        part.render(scene, out);
      }
    }
  }

  /** <code>{a|b|c}</code>: one of them, all equally likely. */
  record Choice(List<Template> options) implements Template {
    @Override
    public void render(Scene scene, StringBuilder out) {
      options.get(scene.random().nextInt(options.size())).render(scene, out);
    }
  }

  /** <code>&lt;a|b&gt;</code>: the first in casual speech, the second in polite speech. */
  record ByRegister(Template casual, Template polite) implements Template {
    @Override
    public void render(Scene scene, StringBuilder out) {
      (scene.speaker().polite() ? polite : casual).render(scene, out);
    }
  }

  /** <code>{list}</code>: an entry of the word list. */
  record Slot(String list) implements Template {
    @Override
    public void render(Scene scene, StringBuilder out) {
      scene.grammar().list(list).draw(scene.random()).render(scene, out);
    }
  }

  /**
   * <code>{list:name}</code>: an entry, the same for each use of the name in this script. If
   * possible it differs from the entries of other names.
   */
  record BoundSlot(String list, String name) implements Template {
    private static final int MAX_DRAWS = 4;

    @Override
    public void render(Scene scene, StringBuilder out) {
      String value = scene.bindings().get(name);
      if (value == null) {
        value = draw(scene);
        for (int i = 1; i < MAX_DRAWS && scene.bindings().containsValue(value); i++) {
          value = draw(scene);
        }
        scene.bindings().put(name, value);
      }
      out.append(value);
    }

    private String draw(Scene scene) {
      StringBuilder drawn = new StringBuilder();
      scene.grammar().list(list).draw(scene.random()).render(scene, drawn);
      return drawn.toString();
    }
  }

  /** <code>{A}</code>, <code>{B}</code>, <code>{C}</code>: the given name of that role's person. */
  record RoleName(Role role) implements Template {
    @Override
    public void render(Scene scene, StringBuilder out) {
      out.append(scene.person(role).name());
    }
  }

  /** <code>{#3-12}</code>: an integer in the closed range, in digits. */
  record NumberIn(int low, int high) implements Template {
    @Override
    public void render(Scene scene, StringBuilder out) {
      out.append(scene.random().nextInt(low, high + 1));
    }
  }

  /** <code>{을}</code>: a Korean particle in the form that the preceding text requires. */
  record Particle(Josa josa) implements Template {
    @Override
    public void render(Scene scene, StringBuilder out) {
      out.append(josa.after(out));
    }
  }

  /** <code>{!phone}</code>: made-up personal data, noted in the scene. */
  record Plant(String kind) implements Template {
    @Override
    public void render(Scene scene, StringBuilder out) {
      StringBuilder value = new StringBuilder();
      scene.grammar().pattern(kind).draw(scene.random()).render(scene, value);
      scene.plant(kind, value.toString());
      out.append(value);
    }
  }

  /** <code>{%4}</code>: this many random digits. */
  record Digits(int count) implements Template {
    @Override
    public void render(Scene scene, StringBuilder out) {
      for (int i = 0; i < count; i++) {
        out.append((char) ('0' + scene.random().nextInt(10)));
      }
    }
  }

  /** <code>{%luhn}</code>: the check digit of all digits of the value so far. */
  record Check(CheckDigit scheme) implements Template {
    @Override
    public void render(Scene scene, StringBuilder out) {
      out.append(scheme.of(out));
    }
  }
}
