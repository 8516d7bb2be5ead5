package io.dialogbert.train;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.xbean.asm9.ClassReader;
import org.apache.xbean.asm9.ClassVisitor;
import org.apache.xbean.asm9.MethodVisitor;
import org.apache.xbean.asm9.Opcodes;
import org.apache.xbean.asm9.Type;

/** Looks up every class, method and field that the code of a jar names, as the JVM would. */
final class ClassLinks {
  private final ClassLoader loader;
  private final Map<String, Set<String>> members = new HashMap<>();
  private final Set<String> broken = new TreeSet<>();
  private int checked;

  /**
   * @param loader where the jars' classes, and those that they name, are
   */
  ClassLinks(ClassLoader loader) {
    this.loader = loader;
  }

  /** What is named and does not exist. */
  Set<String> broken() {
    return broken;
  }

  /** Number of names that were looked up. */
  int checked() {
    return checked;
  }

  void check(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : (Iterable<JarEntry>) file.stream()::iterator) {
        if (entry.getName().endsWith(".class") && !entry.getName().endsWith("-info.class")) {
          try (InputStream code = file.getInputStream(entry)) {
            new ClassReader(code).accept(new Names(), ClassReader.SKIP_DEBUG);
          }
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private final class Names extends ClassVisitor {
    private String name;

    Names() {
      super(Opcodes.ASM9);
    }

    @Override
    public void visit(
        int version, int access, String type, String signature, String base, String[] interfaces) {
      name = type;
      // Names the types of its fields and methods.
      look(type, type, "");
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String method, String descriptor, String signature, String[] exceptions) {
      return new MethodVisitor(Opcodes.ASM9) {
        @Override
        public void visitMethodInsn(
            int code, String owner, String called, String type, boolean ofInterface) {
          look(name, owner, called + type);
        }

        @Override
        public void visitFieldInsn(int code, String owner, String field, String type) {
          look(name, owner, field + type);
        }

        @Override
        public void visitTypeInsn(int code, String type) {
          look(name, type, "");
        }
      };
    }
  }

  private void look(String user, String owner, String member) {
    if (owner.startsWith("[") || owner.startsWith("java/")) {
      return;
    }
    checked++;
    Set<String> known = members.computeIfAbsent(owner, this::membersOf);
    if (!known.contains("") || (!member.isEmpty() && !known.contains(member))) {
      broken.add(user + " -> " + owner + " " + member);
    }
  }

  /** Fields and methods of a class and all above it; with the empty name if the class links. */
  private Set<String> membersOf(String owner) {
    Set<String> found = new HashSet<>();
    try {
      Class<?> type = Class.forName(owner.replace('/', '.'), false, loader);
      for (Constructor<?> constructor : type.getDeclaredConstructors()) {
        found.add("<init>" + Type.getConstructorDescriptor(constructor));
      }
      add(type, found);
      if (type.isInterface()) {
        add(Object.class, found);
      }
      found.add("");
    } catch (ClassNotFoundException | LinkageError e) {
      broken.add(owner + ": " + e);
    }
    return found;
  }

  private static void add(Class<?> type, Set<String> found) {
    if (type == null) {
      return;
    }
    for (Method method : type.getDeclaredMethods()) {
      found.add(method.getName() + Type.getMethodDescriptor(method));
    }
    for (Field field : type.getDeclaredFields()) {
      found.add(field.getName() + Type.getDescriptor(field.getType()));
    }
    add(type.getSuperclass(), found);
    for (Class<?> above : type.getInterfaces()) {
      add(above, found);
    }
  }
}
