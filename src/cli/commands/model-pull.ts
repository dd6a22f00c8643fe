import { pullModel } from '../../models.ts';
import { EXIT } from '../exit-codes.ts';
import { DownloadProgressView } from '../output/download-progress-view.ts';
import { formatBytes, formatDuration, plural } from '../output/format.ts';
import { printable } from '../output/terminal.ts';
import type { ModelAction } from './model-action.ts';

/** `model pull REF` */
export const pullAction: ModelAction = {
  name: 'pull',
  operand: 'required',
  example: 'codegraphai model pull intfloat/multilingual-e5-small',

  async run({ args, out, err, logger, signal }, reference) {
    const view = new DownloadProgressView(err);
    const started = performance.now();
    try {
      const pulled = await pullModel(reference, {
        logger,
        signal,
        offline: args.flag('offline'),
        onProgress: (progress) => view.show(progress),
      });
      view.finish();
      if (args.flag('json')) {
        out.line(JSON.stringify(pulled));
        return EXIT.done;
      }
      const { id, commit, folder, files, bytes, bytesDownloaded } = pulled;
      const effort =
        bytesDownloaded === 0
          ? 'all of it was here'
          : `${formatBytes(bytesDownloaded)} downloaded in ${formatDuration(performance.now() - started)}`;
      out.line(`${out.style('bold', printable(id))} is on this machine (commit ${commit.slice(0, 12)})`);
      out.line(`  ${printable(folder)}`);
      out.line(`  ${plural(files, 'file')}, ${formatBytes(bytes)}; ${effort}`);
      out.line(`It is compiled on first use: codegraphai index --model ${printable(reference)}`);
      return EXIT.done;
    } finally {
      view.finish();
    }
  },
};
