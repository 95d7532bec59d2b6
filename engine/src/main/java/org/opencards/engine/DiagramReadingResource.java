package org.opencards.engine;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.ParseException;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.impl.bpmn.deployer.BpmnDeployer;
import org.camunda.bpm.engine.impl.bpmn.parser.BpmnParser;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.persistence.entity.DeploymentEntity;
import org.camunda.bpm.engine.rest.exception.InvalidRequestException;

/** What the engine would run of a diagram, or runs of a deployed one; only the server may ask. */
@Path("/diagram-reading")
@Produces(MediaType.APPLICATION_JSON)
public class DiagramReadingResource {

  /** A reading: by process, its elements with what the engine knows of each. */
  public record Reading(List<Map<String, Map<String, Object>>> processes) {}

  /** A reading of what is not deployed yet, with the texts that the engine would fail on later. */
  public record Trial(List<Map<String, Map<String, Object>>> processes, List<LiteralTexts.Unreadable> unreadable) {}

  private static final int MOST_BYTES = 1_000_000;

  private final ProcessEngine engine;

  public DiagramReadingResource(ProcessEngine engine) {
    this.engine = engine;
  }

  /** Reads the very bytes of a diagram as a deployment would, schema and all, and keeps nothing. */
  @POST
  @Consumes(MediaType.APPLICATION_OCTET_STREAM)
  public Trial read(InputStream body) throws IOException {
    requireServer();
    byte[] bytes = body.readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw new InvalidRequestException(Status.REQUEST_ENTITY_TOO_LARGE, "The diagram is larger than " + MOST_BYTES + " bytes.");
    }
    try {
      return inEngine(context -> parse(bytes));
    } catch (ParseException refused) {
      throw refused;
    } catch (ProcessEngineException | StackOverflowError unreadable) {
      throw new InvalidRequestException(Status.BAD_REQUEST, "The process engine cannot read the diagram: " + unreadable.getMessage());
    }
  }

  /** What the engine runs of a deployed definition. */
  @GET
  @Path("/{definitionId}")
  public Reading readDeployed(@PathParam("definitionId") String definitionId) {
    requireServer();
    return inEngine(context -> new Reading(List.of(new DiagramReader(
        configuration().getDeploymentCache().findDeployedProcessDefinitionById(definitionId)).read())));
  }

  private Trial parse(byte[] bytes) {
    DeploymentEntity deployment = new DeploymentEntity();
    deployment.setNew(true);
    GuardedParse parse = (GuardedParse) parser().createParse();
    parse.sourceInputStream(new ByteArrayInputStream(bytes)).deployment(deployment).name("diagram").execute();
    LiteralTexts texts = new LiteralTexts(configuration().getBusinessCalendarManager());
    return new Trial(parse.readings(), parse.readings().stream().map(texts::unreadable).flatMap(List::stream).toList());
  }

  /** The one that deployments use, listeners and all. */
  private BpmnParser parser() {
    return configuration().getDeployers().stream().filter(BpmnDeployer.class::isInstance)
        .map(deployer -> ((BpmnDeployer) deployer).getBpmnParser()).findAny().orElseThrow();
  }

  private <T> T inEngine(Command<T> command) {
    return configuration().getCommandExecutorTxRequired().execute(command);
  }

  private ProcessEngineConfigurationImpl configuration() {
    return (ProcessEngineConfigurationImpl) engine.getProcessEngineConfiguration();
  }

  private void requireServer() {
    var signedIn = engine.getIdentityService().getCurrentAuthentication();
    if (signedIn == null || !TechnicalUsers.SERVER.equals(signedIn.getUserId())) {
      throw new InvalidRequestException(Status.FORBIDDEN, "Only the server may ask for this.");
    }
  }
}
