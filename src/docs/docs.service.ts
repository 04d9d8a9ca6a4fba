import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../common/errors/request.errors.js';
import { Env } from '../config/env.js';
import { assets } from './asset-files.js';
import { type HtmlPage, resourcePage, viewerPage } from './pages.js';

/** What the documentation pages show and load. */
@Injectable()
export class DocsService {
  constructor(private readonly env: Env) {}

  /** @param path of the request: with a last slash, the root lies one level further up */
  viewer(viewer: 'swagger-ui' | 'redoc', path: string): HtmlPage {
    const { publicUrl } = this.env;
    return viewerPage(viewer, path.endsWith('/') ? '../' : './', publicUrl === null ? null : new URL(publicUrl).origin);
  }

  resource(resource: 'deployments' | 'versions', id: unknown): HtmlPage {
    return resourcePage(resource, id, this.env.publicUrl ?? '$VERSIONER_URL');
  }

  /** @throws NotFoundError for a file that no page loads */
  async asset(file: string): Promise<{ type: string; content: Buffer }> {
    const asset = Object.hasOwn(assets, file) ? assets[file] : undefined;
    if (asset === undefined) throw new NotFoundError();
    return { type: asset.type, content: await asset.read() };
  }
}
