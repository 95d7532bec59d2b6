package org.opencards.engine;

/** A setting without which the engine host must not start; never carries its value. */
final class UnusableSettingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  final String cure;

  UnusableSettingException(String problem, String cure) {
    super(problem);
    this.cure = cure;
  }
}
