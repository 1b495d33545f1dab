#!/usr/bin/env python3
"""What scikit-learn needs for the tables of `trainyard-run bench --suite learners --peer`.

learners_peer.py CASE FILE THREADS prints {"framework", "fitSeconds", "predictSeconds", "score", "peakResidentMiB"}. One process a
fitting, so that memory is its own. FILE: int32 rows, columns, training rows, classes; int32 categories of each column (0: a
number); float32 values column by column; float32 targets.
"""
import json
import os
import resource
import sys
import time

case, path, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = str(threads)

import numpy as np
import sklearn


def read(as_inputs):
    with open(path, "rb") as file:
        rows, columns, training, _ = np.fromfile(file, np.int32, 4)
        categories = np.fromfile(file, np.int32, columns)
        inputs = []
        for count in categories:
            column = np.fromfile(file, np.float32, rows)
            if count == 0:
                inputs.append(column)
            else:
                inputs.extend((column == k).astype(np.float32) for k in range(count))
        targets = np.fromfile(file, np.float32, rows)
    table = np.ascontiguousarray(np.stack(inputs, 1).astype(as_inputs, copy=False))
    return table[:training], targets[:training], table[training:], targets[training:]


def auc(model, table, targets):
    from sklearn.metrics import roc_auc_score
    return roc_auc_score(targets, model.predict_proba(table)[:, 1])


def forest():
    from sklearn.ensemble import RandomForestClassifier
    return RandomForestClassifier(100, n_jobs=threads, random_state=0), np.float32, auc


def svm():
    from sklearn.svm import SVC
    return SVC(gamma="auto", probability=True, random_state=0), np.float64, auc


def logistic():
    from sklearn.linear_model import LogisticRegression
    return LogisticRegression(max_iter=100), np.float64, auc


def bernoulli_bayes():
    from sklearn.naive_bayes import BernoulliNB
    return BernoulliNB(binarize=0.5), np.float32, auc


def k_means():
    from sklearn.cluster import KMeans
    return KMeans(20, n_init=1, random_state=0), np.float32, lambda model, table, targets: model.inertia_


def pca():
    from sklearn.decomposition import PCA
    return PCA(10), np.float32, lambda model, table, targets: float(model.explained_variance_ratio_.sum())


model, dtype, judge = {
    "forest": forest, "svm": svm, "logistic": logistic, "bernoulli-bayes": bernoulli_bayes, "k-means": k_means, "pca": pca,
}[case]()
table, targets, test, test_targets = read(dtype)
import warnings
warnings.simplefilter("ignore")
begin = time.perf_counter()
model.fit(table, targets) if case not in ("k-means", "pca") else model.fit(table)
fitted = time.perf_counter()
score = judge(model, test, test_targets)
end = time.perf_counter()
print(json.dumps({
    "framework": "scikit-learn " + sklearn.__version__, "fitSeconds": fitted - begin, "predictSeconds": end - fitted, "score": float(score),
    "peakResidentMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
