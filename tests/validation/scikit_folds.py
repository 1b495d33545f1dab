#!/usr/bin/env python3
"""The reference scores of tst_validation.cpp: scikit-learn's cross_val_score where row i is held out by fold i % 5.

Run it with Debian's python3-sklearn and python3-pandas: tests/validation/scikit_folds.py
"""
import os

import numpy
import pandas
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import PredefinedSplit, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "learners")


def main():
    cases = [
        ("iris_train.csv", "logistic", LogisticRegression(tol=1e-8, max_iter=10000), ["accuracy", "roc_auc_ovr", "neg_log_loss"]),
        ("iris_train.csv", "gaussian-bayes", GaussianNB(), ["accuracy", "roc_auc_ovr", "neg_log_loss", "f1_macro"]),
        ("iris_train.csv", "neighbours", KNeighborsClassifier(), ["accuracy"]),
        ("iris_train.csv", "svm", SVC(), ["accuracy"]),
        ("iris_train.csv", "baseline", DummyClassifier(), ["accuracy"]),
        ("breast-cancer_train.csv.gz", "logistic", LogisticRegression(tol=1e-8, max_iter=10000), ["accuracy", "roc_auc", "neg_log_loss"]),
        ("breast-cancer_train.csv.gz", "gaussian-bayes", GaussianNB(), ["accuracy", "roc_auc"]),
        ("diabetes_train.csv.gz", "ridge", Ridge(), ["r2", "neg_root_mean_squared_error", "neg_mean_absolute_error"]),
        ("diabetes_train.csv.gz", "least-squares", LinearRegression(), ["r2", "neg_root_mean_squared_error"]),
    ]
    for file, learner, model, scores in cases:
        table = pandas.read_csv(os.path.join(FOLDER, file))
        x = table.iloc[:, :-1].to_numpy(float)
        y = table.iloc[:, -1].to_numpy()
        folds = PredefinedSplit(numpy.arange(len(table)) % 5)
        for score in scores:
            values = cross_val_score(make_pipeline(StandardScaler(), model), x, y, cv=folds, scoring=score)
            print(file, learner, score, "mean %.10f deviation %.10f" % (abs(values.mean()), values.std(ddof=1)), [round(v, 6) for v in values])


if __name__ == "__main__":
    main()
