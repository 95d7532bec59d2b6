package org.opencards.engine;

import java.lang.reflect.Field;

/** Reads what the engine's parser keeps to itself. */
final class Inside {

  private Inside() {}

  /** The value of a field, wherever in its ancestry an object has it. */
  static Object read(Object object, String name) {
    for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
      try {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(object);
      } catch (NoSuchFieldException inherited) {
        // Looked for one class up.
      } catch (IllegalAccessException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    throw new IllegalStateException(object.getClass() + " has no field " + name);
  }
}
