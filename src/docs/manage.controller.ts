import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public } from '../auth/require-permission.decorator.js';
import { TakesNoInput } from '../common/http/takes-no-input.decorator.js';
import { DocsService } from './docs.service.js';
import { sendPage } from './pages.js';

/** The pages behind the links that the CLI and the CI action print. They hold no data. */
@ApiTags('documentation')
@ApiProduces('text/html')
@ApiQuery({ name: 'view', required: false, description: 'The id that the link names' })
@Controller('manage')
export class ManageController {
  constructor(private readonly docs: DocsService) {}

  @Get('deployments')
  @Public()
  @TakesNoInput()
  @ApiOperation({ operationId: 'getDeploymentPage', summary: 'How to ask for the deployment that a link names' })
  @ApiOkResponse({ schema: { type: 'string' } })
  deployments(@Req() request: Request, @Res() response: Response): void {
    sendPage(response, this.docs.resource('deployments', request.query['view']));
  }

  @Get('versions')
  @Public()
  @TakesNoInput()
  @ApiOperation({ operationId: 'getVersionPage', summary: 'How to ask for the version that a link names' })
  @ApiOkResponse({ schema: { type: 'string' } })
  versions(@Req() request: Request, @Res() response: Response): void {
    sendPage(response, this.docs.resource('versions', request.query['view']));
  }

  @Get('catalog')
  @Public()
  @TakesNoInput()
  @ApiOperation({
    operationId: 'getCatalogPage',
    summary: 'As the page of a version, where the CI action looks for it',
  })
  @ApiOkResponse({ schema: { type: 'string' } })
  catalog(@Req() request: Request, @Res() response: Response): void {
    sendPage(response, this.docs.resource('versions', request.query['view']));
  }
}
