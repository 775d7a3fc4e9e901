package org.saddlemap.analysis;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.fs.FileUtil;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests what is costly to make: it is made when the first of them asks, is the same for all
 * classes of tests, and is closed when the last of them has ended.
 */
public abstract class Shared<T> implements ParameterResolver {
  private final Class<T> type;

  protected Shared(Class<T> type) {
    this.type = type;
  }

  /**
   * Makes it.
   *
   * @param folder for its files, which is deleted after it is closed
   */
  protected abstract T make(Path folder) throws IOException, InterruptedException;

  private record Made<T>(T value, Path folder) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      if (value instanceof Closeable closeable) {
        closeable.close();
      }
      FileUtil.fullyDelete(folder.toFile());
    }
  }

  private Made<T> made(Class<?> key) {
    try {
      Path folder = Files.createTempDirectory(key.getSimpleName());
      return new Made<>(make(folder), folder);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == type;
  }

  @Override
  public T resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Made<?> made =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.create(Shared.class))
            .getOrComputeIfAbsent(type, this::made, Made.class);
    return type.cast(made.value());
  }
}
