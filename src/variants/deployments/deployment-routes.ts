import { z } from 'zod';
import { defineRoute, jsonBody, type Route } from '../../web/route.js';
import type { DeploymentService } from './deployment-service.js';
import type { DeploymentResult } from './deployment-types.js';
import { readFiles } from './read-upload.js';
import { uploadLimits } from './upload-limits.js';

/** What a deployment answers. */
export const deploymentSchema = z
  .object({
    deploymentId: z.string().nullable().describe('Null after a dry run, and where nothing had changed'),
    dryRun: z.boolean(),
    processes: z.array(
      z.object({
        processKey: z.string(),
        name: z.string(),
        useCase: z.string().nullable(),
        variant: z.string().nullable(),
        version: z.number().int(),
        definitionId: z.string().nullable(),
        state: z.enum(['unchanged', 'choosable', 'waits-for-release', 'live']),
        sentence: z.string().describe('What that means, and what to do next'),
      }),
    ),
  })
  .meta({ id: 'Deployment' });

const uploadSchema = z
  .object({
    files: z
      .array(z.object({ name: z.string().max(200), content: z.string().max(uploadLimits.fileBytes) }))
      .max(uploadLimits.files),
    onlyChanged: z.boolean().default(true).describe('Leaves out diagrams that are the same as their newest version'),
    dryRun: z.boolean().default(false).describe('Only reports what would happen'),
  })
  .meta({ id: 'DeploymentUpload' });

/** Operations of `/deployments`. */
export function deploymentRoutes(deployments: DeploymentService): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/deployments',
      summary: 'Deploy diagrams with their forms',
      description:
        'All files or none. A new variant can be chosen afterwards, a new version of a variant in use waits for its ' +
        'release; what is no variant is live at once and takes an administrator. A form that is not sent is the one ' +
        'that is deployed already.',
      tags: ['Processes'],
      roles: ['designer', 'admin'],
      body: jsonBody(uploadSchema, uploadLimits.bytes),
      responses: { 200: { description: 'What was deployed, or would be', schema: deploymentSchema } },
      errors: ['models-refused', 'needs-administrator', 'engine-unavailable'],
      handler: async ({ body: { files, onlyChanged, dryRun }, user }) => {
        const read = readFiles(files.map(({ name, content }) => ({ name, content: Buffer.from(content, 'utf8') })));
        const result = await deployments.deploy(user, { files: read, origin: 'api', onlyChanged, dryRun });
        return { status: 200, body: toDeployment(result) };
      },
    }),
  ];
}

/** A result as the interface answers it. */
export function toDeployment(result: DeploymentResult) {
  return { ...result, processes: [...result.processes] };
}
