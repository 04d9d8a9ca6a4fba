// What most teams would write: NestJS, class-validator and Prisma's client, and the work of one event in one interactive
// transaction of ordinary client calls. It answers what the bench sends as the service itself does, writes the same rows
// (its audit and attempt records are leaner), and decides concurrency under a lock of the row of product and environment.
// Compared with the service by `npm run bench -- plain`.
import 'reflect-metadata';
import { createHash, randomUUID } from 'node:crypto';
import { Body, Controller, HttpException, Injectable, Module, Post, Req, Res, ValidationPipe } from '@nestjs/common';
import { Controller as HealthRoutes, Get } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PrismaPg } from '@prisma/adapter-pg';
import { IsNotEmpty, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import type { Request, Response } from 'express';
import { v7 as newId } from 'uuid';
import { PrismaClient } from '../../src/database/generated/client.js';

const types: Record<string, string> = { dev: 'dev', test: 'test', staging: 'staging', production: 'production' };
const nameKey = (name: string): string => name.trim().normalize('NFC').toLowerCase();

class EventDto {
  @IsString() @IsNotEmpty() @MaxLength(255) product_name!: string;
  @IsString() @IsNotEmpty() @MaxLength(100) version!: string;
  @IsString() @IsNotEmpty() @MaxLength(100) environment_name!: string;
  @IsString() @IsNotEmpty() @MaxLength(50) status!: string;
  @IsOptional() @IsString() @MaxLength(50) source_system?: string;
  @IsOptional() @IsString() @MaxLength(100) build_number?: string;
  @IsOptional() @IsString() @MaxLength(64) scm_sha?: string;
  @IsOptional() @IsString() @MaxLength(500) scm_repository?: string;
  @IsOptional() @IsString() @MaxLength(2000) deploy_url?: string;
  @IsOptional() @IsString() @MaxLength(255) invoke_id?: string;
  @IsOptional() @IsString() @MaxLength(255) deployed_by?: string;
  @IsOptional() @IsObject() extra_metadata?: Record<string, string>;
}

@Injectable()
class EventsService {
  private readonly prisma = new PrismaClient({
    adapter: new PrismaPg({ connectionString: process.env['DATABASE_URL'], max: 10 }),
  });

  async record(event: EventDto, authorization: string, address: string) {
    const key = await this.authenticate(authorization.slice('Bearer '.length));
    const { accountId } = key;
    return this.retried(async (tx) => {
      const now = new Date();
      const product = await this.product(tx, accountId, event.product_name.trim(), now);
      const environment = await this.environment(tx, accountId, event.environment_name.trim(), now);
      const version = await tx.version.upsert({
        where: {
          accountId_productId_version: { accountId, productId: product.id, version: event.version.trim() },
        },
        create: {
          accountId,
          id: newId(),
          productId: product.id,
          version: event.version.trim(),
          createdAt: now,
          updatedAt: now,
        },
        update: {},
      });
      const cell = { accountId, productId: product.id, environmentId: environment.id };
      await tx.environmentState.upsert({
        where: { accountId_productId_environmentId: cell },
        create: { ...cell, revision: 0, updatedAt: now },
        update: { revision: { increment: 1 } },
      });
      const open = await tx.deployment.findFirst({
        where: { ...cell, completedAt: null, status: 'started' },
        orderBy: { createdAt: 'desc' },
      });
      const isStart = event.status === 'started';
      if (isStart && open !== null) throw new HttpException({ error: 'deployment_blocked' }, 409);
      const deployment = isStart
        ? await tx.deployment.create({
            data: {
              ...cell,
              id: newId(),
              versionId: version.id,
              status: 'started',
              preflightStatus: 'passed',
              sourceSystem: event.source_system ?? null,
              buildNumber: event.build_number ?? null,
              deployUrl: event.deploy_url ?? null,
              invokeId: event.invoke_id ?? null,
              scmSha: event.scm_sha ?? null,
              scmRepository: event.scm_repository ?? null,
              deployedBy: event.deployed_by ?? null,
              startedAt: now,
              startReceivedAt: now,
              lastEventAt: now,
              extraMetadata: event.extra_metadata ?? {},
              createdAt: now,
              updatedAt: now,
            },
          })
        : await tx.deployment.update({
            where: { accountId_id: { accountId, id: open!.id } },
            data: {
              status: event.status,
              completedAt: now,
              effectiveCompletedAt: now,
              lastEventAt: now,
              updatedAt: now,
            },
          });
      if (isStart) {
        await tx.preflightCheck.create({
          data: {
            ...cell,
            id: newId(),
            versionId: version.id,
            deploymentId: deployment.id,
            outcome: 'passed',
            statusCode: 201,
            invokeId: event.invoke_id ?? null,
            apiKeyId: key.id,
            deployedBy: event.deployed_by ?? null,
            policyRevision: 0,
            violations: [],
            rulesEvaluated: [],
            facts: { now: now.toISOString() },
            attempt: {},
            checkedAt: now,
          },
        });
      } else {
        await tx.environmentState.update({
          where: { accountId_productId_environmentId: cell },
          data: { deploymentId: deployment.id, deployedAt: now, updatedAt: now },
        });
      }
      await tx.deploymentEvent.create({
        data: {
          accountId,
          id: newId(),
          deploymentId: deployment.id,
          versionId: version.id,
          environmentId: environment.id,
          type: `deployment.${event.status}`,
          status: event.status,
          invokeId: event.invoke_id ?? null,
          apiKeyId: key.id,
          payload: { ...event },
          receivedAt: now,
        },
      });
      await tx.auditLog.create({
        data: {
          accountId,
          id: newId(),
          at: now,
          actorKind: 'api_key',
          apiKeyId: key.id,
          address,
          requestId: randomUUID(),
          action: `deployment.${event.status}`,
          resourceType: 'deployment',
          resourceId: deployment.id,
          after: { status: deployment.status },
        },
      });
      return {
        created: isStart,
        body: {
          ...deployment,
          product_name: product.name,
          environment_name: environment.name,
          version: version.version,
        },
      };
    });
  }

  /** Two first events of one name: who loses tries again. */
  private async retried<T>(work: (tx: Transaction) => Promise<T>, tries = 5): Promise<T> {
    try {
      return await this.prisma.$transaction(work, { maxWait: 10_000, timeout: 10_000 });
    } catch (error) {
      if (tries > 1 && (error as { code?: string }).code === 'P2002') return this.retried(work, tries - 1);
      throw error;
    }
  }

  private async authenticate(secret: string) {
    const secretHash = new Uint8Array(createHash('sha256').update(secret).digest());
    const key = await this.prisma.apiKey.findFirst({ where: { secretHash, revokedAt: null } });
    if (key === null) throw new HttpException({ detail: 'Invalid authentication credentials' }, 401);
    return key;
  }

  private async product(tx: Transaction, accountId: string, name: string, at: Date) {
    const where = { accountId_nameKey: { accountId, nameKey: nameKey(name) } };
    const known = await tx.productName.findUnique({ where, include: { product: true } });
    if (known !== null) return known.product;
    const product = await tx.product.create({ data: { accountId, id: newId(), name, createdAt: at, updatedAt: at } });
    await tx.productName.create({
      data: { accountId, nameKey: nameKey(name), productId: product.id, name, createdAt: at },
    });
    return product;
  }

  private async environment(tx: Transaction, accountId: string, name: string, at: Date) {
    const where = { accountId_nameKey: { accountId, nameKey: nameKey(name) } };
    const known = await tx.environmentName.findUnique({ where, include: { environment: true } });
    if (known !== null) return known.environment;
    const type = types[nameKey(name)] ?? 'other';
    const environment = await tx.environment.create({
      data: { accountId, id: newId(), name, type, position: 100, createdAt: at, updatedAt: at },
    });
    await tx.environmentName.create({
      data: { accountId, nameKey: nameKey(name), environmentId: environment.id, name, createdAt: at },
    });
    return environment;
  }
}

type Transaction = Parameters<Parameters<PrismaClient['$transaction']>[0]>[0];

@Controller('deployment-events')
class EventsController {
  constructor(private readonly events: EventsService) {}

  @Post()
  async report(@Body() event: EventDto, @Req() request: Request, @Res({ passthrough: true }) response: Response) {
    const { created, body } = await this.events.record(event, request.headers.authorization ?? '', request.ip ?? '');
    response.status(created ? 201 : 200);
    return body;
  }
}

@HealthRoutes('health')
class HealthController {
  @Get('ready')
  ready(): object {
    return { status: 'ready' };
  }
}

@Module({ controllers: [EventsController, HealthController], providers: [EventsService] })
class PlainModule {}

const app = await NestFactory.create(PlainModule, { logger: ['error'] });
app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true }));
await app.listen(Number(process.env['PORT']), '127.0.0.1');
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)));
