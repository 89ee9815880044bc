<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Banner</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PromptBar</name>
    <message numerus="yes">
        <source>%n picture(s) wait</source>
        <translation>
            <numerusform>%n picture waits</numerusform>
            <numerusform>%n pictures wait</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>_DeleteNow</name>
    <message numerus="yes">
        <source>Whatever in the history is older than %n day(s) is deleted: recordings, snapshots and drawn pictures.</source>
        <translation>
            <numerusform>Whatever in the history is older than %n day is deleted: recordings, snapshots and drawn pictures.</numerusform>
            <numerusform>Whatever in the history is older than %n days is deleted: recordings, snapshots and drawn pictures.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n item(s) deleted.</source>
        <translation>
            <numerusform>%n item deleted.</numerusform>
            <numerusform>%n items deleted.</numerusform>
        </translation>
    </message>
</context>
</TS>
