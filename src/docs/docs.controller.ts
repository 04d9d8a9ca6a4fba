import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public } from '../auth/require-permission.decorator.js';
import { ApiErrors } from '../common/http/api-errors.decorator.js';
import { TakesNoInput } from '../common/http/takes-no-input.decorator.js';
import { DocsService } from './docs.service.js';
import { OpenApiDocument } from './openapi-document.js';
import { sendPage } from './pages.js';

/** The description of this API, for people and programs. */
@ApiTags('documentation')
@Controller()
export class DocsController {
  constructor(
    private readonly document: OpenApiDocument,
    private readonly docs: DocsService,
  ) {}

  @Get('openapi.json')
  @Public()
  @TakesNoInput()
  @ApiOperation({ operationId: 'getOpenApiDocument', summary: 'This document' })
  @ApiOkResponse({ description: 'OpenAPI 3.1', schema: { type: 'object', additionalProperties: true } })
  openApi(@Res() response: Response): void {
    response.type('application/json').send(this.document.json());
  }

  @Get('docs')
  @Public()
  @TakesNoInput()
  @ApiProduces('text/html')
  @ApiOperation({ operationId: 'getSwaggerUi', summary: 'This document in Swagger UI, to read and to try out' })
  @ApiOkResponse({ schema: { type: 'string' } })
  swaggerUi(@Req() request: Request, @Res() response: Response): void {
    sendPage(response, this.docs.viewer('swagger-ui', request.path));
  }

  @Get('redoc')
  @Public()
  @TakesNoInput()
  @ApiProduces('text/html')
  @ApiOperation({ operationId: 'getRedoc', summary: 'This document in Redoc, to read' })
  @ApiOkResponse({ schema: { type: 'string' } })
  redoc(@Req() request: Request, @Res() response: Response): void {
    sendPage(response, this.docs.viewer('redoc', request.path));
  }

  @Get('docs/assets/:file')
  @Public()
  @TakesNoInput()
  @ApiProduces('text/css', 'text/javascript')
  @ApiOperation({ operationId: 'getDocsAsset', summary: 'A file that the documentation pages load' })
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiErrors(404, 422)
  async asset(@Param('file') file: string, @Res() response: Response): Promise<void> {
    const { type, content } = await this.docs.asset(file);
    response.set({ 'Content-Type': type, 'Cache-Control': 'public, max-age=86400' }).send(content);
  }
}
