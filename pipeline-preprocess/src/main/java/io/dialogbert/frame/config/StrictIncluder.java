package io.dialogbert.frame.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.LocalFiles;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Includes files as HOCON does, but rejects a missing file, which HOCON treats as empty. */
final class StrictIncluder
    implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
  private static final Logger LOG = LoggerFactory.getLogger(StrictIncluder.class);

  /** HOCON's own includer. */
  private final ConfigIncluder own;

  private final Consumer<ConfigObject> included;

  /** The files being read, each included by the next one. */
  private final Deque<File> open;

  private StrictIncluder(ConfigIncluder own, Consumer<ConfigObject> included, Deque<File> open) {
    this.own = own;
    this.included = included;
    this.open = open;
  }

  /**
   * An includer for one file.
   *
   * @param included receives the content of each included file
   */
  static StrictIncluder of(File file, Consumer<ConfigObject> included) {
    return new StrictIncluder(null, included, new ArrayDeque<>(List.of(file)));
  }

  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    return new StrictIncluder(fallback, included, open);
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    File relative = new File(open.element().getAbsoluteFile().getParentFile(), what);
    return include(context, what, relative, own::include);
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File what) {
    return include(context, what, what, ((ConfigIncluderFile) own)::includeFile);
  }

  @Override
  public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
    return include(context, what, new File(what.getPath()), ((ConfigIncluderURL) own)::includeURL);
  }

  @Override
  public ConfigObject includeResources(ConfigIncludeContext context, String what) {
    return include(
        context, what, new File(what), ((ConfigIncluderClasspath) own)::includeResources);
  }

  private <T> ConfigObject include(
      ConfigIncludeContext context,
      T what,
      File file,
      BiFunction<ConfigIncludeContext, T, ConfigObject> include) {
    ConfigIncludeContext strict =
        context.setParseOptions(context.parseOptions().setAllowMissing(false));
    open.push(file);
    ConfigObject object;
    try {
      object = include.apply(strict, what);
    } catch (ConfigException.IO e) {
      open.pop();
      throw new BadConfigException(
          "included file cannot be read: "
              + what
              + " ("
              + place(what.toString())
              + ")"
              + reason(file),
          e);
    }
    open.pop();
    included.accept(object);
    return object;
  }

  /** Why an existing file cannot be read. */
  private static String reason(File file) {
    try {
      LocalFiles.requireReadable(file.toPath());
    } catch (NoSuchFileException e) {
      LOG.debug("is not there, or named without its extension", e);
    } catch (IOException e) {
      return ": " + LocalFiles.reason(e);
    }
    return "";
  }

  /** Where the innermost open file includes something. */
  private String place(String what) {
    File file = open.element();
    try {
      List<String> lines = Files.readAllLines(file.toPath());
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).contains("include") && lines.get(i).contains(what)) {
          return file + " line " + (i + 1);
        }
      }
    } catch (IOException e) {
      LOG.debug("of the class path, or named without its extension", e);
    }
    return "included by " + file;
  }
}
