#!/usr/bin/env python3
"""The reference scores of tst_mnist.cpp: scikit-learn on rows 0 to 1999 of MNIST's training file, judged by rows 2000 to 2499.

Pixels come as the learner sees them here: standardised by one mean and deviation, from 0 to 255 for trees, 0 to 1 for counts.
    tests/validation/scikit_mnist.py FOLDER_WITH_train-images-idx3-ubyte.gz
"""
import gzip
import sys

import numpy
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, IsolationForest, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier


def main():
    folder = sys.argv[1]
    with gzip.open(folder + "/train-images-idx3-ubyte.gz") as file:
        pixels = numpy.frombuffer(file.read(16 + 2500 * 784), numpy.uint8, offset=16).reshape(2500, 784).astype(float)
    with gzip.open(folder + "/train-labels-idx1-ubyte.gz") as file:
        labels = numpy.frombuffer(file.read(8 + 2500), numpy.uint8, offset=8)
    scaled = (pixels - pixels[:2000].mean()) / pixels[:2000].std()
    cases = [
        ("baseline", [DummyClassifier()], pixels),
        ("logistic", [LogisticRegression(max_iter=1000)], scaled),
        ("gaussian-bayes", [GaussianNB()], scaled),
        ("bernoulli-bayes", [BernoulliNB()], (scaled > 0).astype(float)),
        ("multinomial-bayes", [MultinomialNB()], pixels),
        ("neighbours", [KNeighborsClassifier()], scaled),
        ("svm", [SVC(gamma="scale"), SVC(gamma="auto")], scaled),
        ("tree", [DecisionTreeClassifier(random_state=s) for s in range(3)], pixels),
        ("forest", [RandomForestClassifier(random_state=s) for s in range(3)], pixels),
        ("extra-trees", [ExtraTreesClassifier(random_state=s) for s in range(3)], pixels),
        ("boost", [HistGradientBoostingClassifier(max_depth=6, l2_regularization=1)], pixels),
    ]
    for name, models, x in cases:
        scores = [model.fit(x[:2000], labels[:2000]).score(x[2000:], labels[2000:]) for model in models]
        print(name, [round(score, 4) for score in scores], flush=True)
    pca = PCA().fit(scaled[:2000])
    print("pca, components for 95 %:", int((pca.explained_variance_ratio_.cumsum() < 0.95).sum()) + 1, pca.explained_variance_ratio_[:3])


if __name__ == "__main__":
    main()
