// Runs ONNX files in onnxruntime and compares their outputs with expected ones.
//
//   node compare.js CASE.json...
//
// CASE.json: {"model": path, "unit": number, "inputs": {name: {"dims": [...], "numbers": [...] | "texts": [...]}},
// "outputs": {the same}}. null among numbers is NaN. Prints one line a case:
// {"case": path, "maxDifference": number in units, "wrongTexts": count} or {"case": path, "error": text}.
'use strict';

const fs = require('fs');
const ort = require('onnxruntime-node');

function toTensor(value) {
    if (value.texts) {
        return new ort.Tensor('string', value.texts, value.dims);
    }
    return new ort.Tensor('float32', Float32Array.from(value.numbers, (x) => (x === null ? NaN : x)), value.dims);
}

function largestDifference(expected, given) {
    return expected.reduce((largest, number, i) => {
        const difference = Math.abs(number - given[i]);
        return Number.isNaN(difference) ? Infinity : Math.max(largest, difference);
    }, 0);
}

async function runCase(file) {
    const test = JSON.parse(fs.readFileSync(file, 'utf8'));
    const session = await ort.InferenceSession.create(test.model);
    const wanted = Object.keys(test.inputs).sort().join();
    const taken = [...session.inputNames].sort().join();
    if (wanted !== taken) {
        throw new Error(`the file takes ${taken}, expected ${wanted}`);
    }
    const feeds = Object.fromEntries(Object.entries(test.inputs).map(([name, value]) => [name, toTensor(value)]));
    const outputs = await session.run(feeds);
    const report = { case: file, maxDifference: 0, wrongTexts: 0 };
    for (const [name, expected] of Object.entries(test.outputs)) {
        const given = outputs[name];
        if (given.dims.join() !== expected.dims.join()) {
            throw new Error(`output ${name} has shape ${given.dims}, expected ${expected.dims}`);
        }
        if (expected.texts) {
            report.wrongTexts += expected.texts.filter((text, i) => text !== given.data[i]).length;
        } else {
            const difference = largestDifference(expected.numbers, given.data) / test.unit;
            report.maxDifference = Math.max(report.maxDifference, difference);
        }
    }
    return report;
}

async function main() {
    for (const file of process.argv.slice(2)) {
        const report = await runCase(file).catch((error) => ({ case: file, error: error.message }));
        console.log(JSON.stringify(report));
    }
}

main();
