package org.opencards.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.impl.calendar.BusinessCalendarManager;
import org.camunda.bpm.engine.impl.calendar.CycleBusinessCalendar;
import org.camunda.bpm.engine.impl.calendar.DueDateBusinessCalendar;
import org.camunda.bpm.engine.impl.calendar.DurationBusinessCalendar;

/**
 * Texts that the engine reads only when a token comes to them, where a mistake takes the whole step back. When a diagram
 * is judged they are tried by what will read them then. Expressions cannot be tried: what they give is not known yet.
 */
public final class LiteralTexts {

  /** A text that the engine will fail on: which fact of which element holds it. */
  public record Unreadable(String element, String fact, String text) {}

  /** Reads a text as the engine will. */
  private interface Reader {
    /** @return null where nothing comes of it */
    Object read(String text) throws Exception;
  }

  /** Later than this nobody means a time, and the database keeps none that is much later. */
  private static final Date LAST = Date.from(Instant.parse("9999-12-31T00:00:00Z"));

  private final Map<String, Reader> readers;

  LiteralTexts(BusinessCalendarManager calendars) {
    Reader date = text -> calendars.getBusinessCalendar(DueDateBusinessCalendar.NAME).resolveDuedate(text);
    Reader duration = text -> calendars.getBusinessCalendar(DurationBusinessCalendar.NAME).resolveDuedate(text);
    Reader cycle = text -> calendars.getBusinessCalendar(CycleBusinessCalendar.NAME).resolveDuedate(text, (Date) null);
    readers = Map.of(
        "timer DATE", date,
        "timer DURATION", duration,
        "timer CYCLE", cycle,
        "dueDate", date,
        "followUpDate", date,
        "priority", Integer::valueOf,
        "cardinality", text -> Integer.parseInt(text) < 0 ? null : text,
        "attempts", duration);
  }

  /** The texts of a reading that the engine will fail on, in the order of its elements. */
  List<Unreadable> unreadable(Map<String, Map<String, Object>> elements) {
    List<Unreadable> found = new ArrayList<>();
    elements.forEach((element, facts) -> facts.forEach((fact, values) -> {
      for (Object value : (List<?>) values) {
        textsOf(fact, value.toString()).forEach((kind, texts) -> texts.stream()
            .filter(text -> !isExpression(text) && !isRead(readers.get(kind), text))
            .forEach(text -> found.add(new Unreadable(element, fact, text))));
      }
    }));
    return found;
  }

  /** What is read of a fact, by its reader; nothing of most facts. */
  private Map<String, List<String>> textsOf(String fact, String value) {
    if (fact.equals("timer")) {
      int blank = value.indexOf(' ');
      return Map.of("timer " + value.substring(0, blank), List.of(value.substring(blank + 1)));
    }
    if (fact.equals("attempts")) {
      String intervals = value.substring(value.indexOf(": ") + 2);
      return Map.of(fact, intervals.isEmpty() ? List.of() : List.of(intervals.split(",")));
    }
    return readers.containsKey(fact) ? Map.of(fact, List.of(value)) : Map.of();
  }

  private static boolean isExpression(String text) {
    return text.contains("${") || text.contains("#{");
  }

  private static boolean isRead(Reader reader, String text) {
    try {
      Object read = reader.read(text);
      return read instanceof Date time ? time.before(LAST) : read != null;
    } catch (Exception unreadable) {
      return false;
    }
  }
}
