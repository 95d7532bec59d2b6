package org.opencards.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.TimeZone;
import javax.sql.DataSource;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.stereotype.Component;

/**
 * The zone in which the engine reads dates and cycles of diagrams. The engine's tables keep times without a zone, in that of
 * the virtual machine, so the zone is kept beside them: when another one is set, every stored time is moved to it before the
 * engine reads one. Otherwise timers would fire hours too early or too late.
 */
@Component
final class StoredTimes implements BeanPostProcessor {

  /** What the engine counted in while no zone was kept. */
  private static final ZoneId MACHINE = ZoneId.systemDefault();

  /** A zone that this machine does not know; said when Spring can say it. */
  private static String unknown;

  /** Takes an IANA name; the zone of the machine goes on counting where it is null or empty. */
  static void useZone(String name) {
    if (name == null || name.isEmpty()) {
      return;
    }
    try {
      TimeZone.setDefault(TimeZone.getTimeZone(ZoneId.of(name)));
    } catch (DateTimeException notKnown) {
      unknown = name;
    }
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (bean instanceof DataSource database) {
      if (unknown != null) {
        throw new UnusableSettingException("TIME_ZONE is not the name of a time zone",
            "Give an IANA name, for example Europe/Berlin.");
      }
      try (Connection connection = database.getConnection()) {
        connection.setAutoCommit(false);
        moveTo(ZoneId.systemDefault().getId(), connection);
        connection.commit();
      } catch (SQLException failed) {
        throw new IllegalStateException(failed);
      }
    }
    return bean;
  }

  private static void moveTo(String zone, Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("select pg_advisory_xact_lock(hashtext('opencards_time_zone'))");
      statement.execute("create table if not exists opencards_time_zone (zone text not null)");
    }
    String kept = keptZone(zone, connection);
    if (kept.equals(zone)) {
      return;
    }
    LoggerFactory.getLogger(StoredTimes.class).info("moving stored times from {} to {}", kept, zone);
    // A block takes no parameters, so both zones come by settings of the transaction.
    try (PreparedStatement zones = connection.prepareStatement(
        "select set_config('opencards.kept', ?, true), set_config('opencards.zone', ?, true)")) {
      zones.setString(1, kept);
      zones.setString(2, zone);
      zones.execute();
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(MOVE);
    }
  }

  private static String keptZone(String zone, Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("select zone from opencards_time_zone")) {
        if (row.next()) {
          return row.getString(1);
        }
      }
      String begun = "select to_regclass('act_ge_property') is not null";
      try (ResultSet row = statement.executeQuery(begun); PreparedStatement keep = connection.prepareStatement(
          "insert into opencards_time_zone (zone) values (?)")) {
        String first = row.next() && row.getBoolean(1) ? MACHINE.getId() : zone;
        keep.setString(1, first);
        keep.execute();
        return first;
      }
    }
  }

  private static final String MOVE = """
      do $$
      declare
        kept text := current_setting('opencards.kept');
        wanted text := current_setting('opencards.zone');
        found record;
      begin
        for found in
          select table_name, string_agg(format('%1$I = (%1$I at time zone %2$L) at time zone %3$L', column_name, kept, wanted), ', ') as moves
          from information_schema.columns join information_schema.tables using (table_schema, table_name)
          where table_schema = current_schema() and table_type = 'BASE TABLE'
            and starts_with(table_name, 'act_') and data_type = 'timestamp without time zone'
          group by table_name
        loop
          execute format('update %I set %s', found.table_name, found.moves);
        end loop;
        update opencards_time_zone set zone = wanted;
      end $$""";
}
