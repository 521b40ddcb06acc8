// A made surface model of a plot of 5 hectares, for tests and documentation: flat ground at 770 m, a hangar of 18 m on the
// plot's east side and a row of trees of 12 m along its south.
//   node tests/system/surface.mjs FOLDER [METRES]    surface.asc (with .prj) and plot.geojson; cells of 2 m unless given
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const metresPerDegree = 111_140;

/** Writes both files; {surface, plot} are their paths. */
export function makeSurface(folder, { lat = 42.85, lon = 74.85, cell = 2, reach = 1800, ground = 770 } = {}) {
  mkdirSync(folder, { recursive: true });
  const shrink = Math.cos((lat * Math.PI) / 180);
  // A cell is as many degrees wide as high, so fewer metres wide.
  const step = cell / metresPerDegree;
  const rows = 2 * Math.ceil(reach / cell) + 1;
  const columns = 2 * Math.ceil(reach / cell / shrink) + 1;
  const lines = [
    `ncols ${columns}`, `nrows ${rows}`,
    `xllcorner ${(lon - (columns * step) / 2).toFixed(10)}`, `yllcorner ${(lat - (rows * step) / 2).toFixed(10)}`,
    `cellsize ${step.toFixed(12)}`, 'NODATA_value -9999',
  ];
  for (let r = 0; r < rows; r++) {
    const north = ((rows - 1) / 2 - r) * cell;
    const row = new Array(columns);
    for (let c = 0; c < columns; c++) {
      const east = (c - (columns - 1) / 2) * cell * shrink;
      const hangar = east > 60 && east < 100 && Math.abs(north) < 60;
      const trees = north < -120 && north > -150 && Math.abs(east) < 300;
      row[c] = ground + (hangar ? 18 : trees ? 12 : 0);
    }
    lines.push(row.join(' '));
  }
  const surface = join(folder, 'surface.asc');
  writeFileSync(surface, `${lines.join('\n')}\n`);
  writeFileSync(
    join(folder, 'surface.prj'),
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]\n',
  );
  const [n, e] = [112 / metresPerDegree, 112 / metresPerDegree / shrink];
  const corners = [[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]].map(([x, y]) => [lon + x * e, lat + y * n]);
  const plot = join(folder, 'plot.geojson');
  writeFileSync(plot, JSON.stringify({ type: 'Feature', properties: { name: 'Kant' }, geometry: { type: 'Polygon', coordinates: [corners] } }));
  return { surface, plot };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv[2]) {
    console.error('surface.mjs FOLDER [METRES]');
    process.exit(2);
  }
  const { surface, plot } = makeSurface(process.argv[2], { cell: Number(process.argv[3] ?? 2) });
  console.log(`${surface}\n${plot}`);
}
